%% Records what the real supervisor does with a scenario.
-module(oracle).
-export([main/1, run_all/3]).
-export([start_child/3, start_simple/4, start_simple/5, init/1, handle_call/3, handle_cast/2,
         handle_info/2, terminate/2]).
-export([log/2]).

-define(QUIET_MS, 100).

main([In, Out, Par]) ->
    logger:remove_handler(default),
    ok = logger:add_handler(rec, ?MODULE, #{level => all}),
    logger:set_primary_config(level, error),
    ets:new(sups, [named_table, public, set]),
    {ok, Scenarios} = file:consult(In),
    run_all(Scenarios, Out, list_to_integer(Par)),
    halt(0).

run_all(Scenarios, Out, Par) ->
    loop(Scenarios, Out, Par, 0).

loop([], _, _, 0) -> ok;
loop([S | Rest], Out, Par, N) when N < Par ->
    spawn_monitor(fun() -> run(S, Out) end),
    loop(Rest, Out, Par, N + 1);
loop(Rest, Out, Par, N) ->
    receive {'DOWN', _, _, _, R} ->
        R =:= normal orelse io:format(standard_error, "runner died: ~p~n", [R]),
        loop(Rest, Out, Par, N - 1)
    end.

log(#{msg := {report, #{label := {supervisor, Ctx}, report := R}}, meta := #{pid := Pid}}, _) ->
    case ets:lookup(sups, Pid) of
        [{_, C, Path}] ->
            Off = proplists:get_value(offender, R),
            Id = proplists:get_value(id, Off),
            catch ets:insert(maps:get(ev, C), {now_(), {report, Path, Id, Ctx, proplists:get_value(reason, R)}});
        [] -> ok
    end;
log(_, _) -> ok.

now_() -> {erlang:monotonic_time(nanosecond), erlang:unique_integer([monotonic])}.

run(#{name := Name, supervisor := Sup, steps := Steps}, Out) ->
    process_flag(trap_exit, true),
    Ev = ets:new(ev, [ordered_set, public]),
    Names = ets:new(names, [set, public]),
    Pids = ets:new(pids, [set, public]),
    C = #{ev => Ev, names => Names, pids => Pids},
    Self = self(),
    Tracer = spawn(fun() -> tracer(C, Self) end),
    %% Steps run in a process of their own that is traced.
    Runner = self(),
    P = spawn_link(fun() ->
        process_flag(trap_exit, true),
        receive go -> ok end,
        Steps1 = scenario(C, Sup, Steps),
        Runner ! {done, Steps1},
        receive stop -> ok end
    end),
    erlang:trace(P, true, [procs, set_on_spawn, strict_monotonic_timestamp, {tracer, Tracer}]),
    P ! go,
    receive {done, {StepRecs, Marks, Final}} -> ok;
            {'EXIT', P, Why} -> StepRecs = [], Marks = [], Final = #{}, io:format(standard_error, "~s: ~p~n", [Name, Why])
    end,
    Events = ets:tab2list(Ev),
    write(Out, Name, Events, Marks, StepRecs, Final),
    exit(P, kill),
    exit(Tracer, kill).

tracer(C = #{ev := Ev, pids := Pids}, R) ->
    receive
        {trace_ts, Pid, exit, Reason, Ts} ->
            case ets:lookup(Pids, Pid) of
                [{_, Path, Inc}] -> ets:insert(Ev, {Ts, {exit, Path, Inc, Reason}});
                [] -> ok
            end;
        {sync, From} -> From ! synced;
        _ -> ok
    end,
    tracer(C, R).

%%% ------------------------------------------------------------------ steps

scenario(C0, Sup, Steps) ->
    C = C0#{tracer => element(2, erlang:trace_info(self(), tracer))},
    T0 = now_ms(),
    Inc = next_inc(C, root),
    Start = supervisor:start_link(?MODULE, {sup, C, root, Inc, #{id => root, sup => Sup}}),
    {Reply, Root} = case Start of
        {ok, Pid} -> {ok, Pid};
        ignore -> {ignore, none};
        {error, R} -> {{error, R}, none}
    end,
    put(root, Root),
    put(root_exit, undefined),
    C1 = C#{root => Root},
    {R0, M0} = finish(C1, 0, #{op => start}, Reply, T0),
    {Recs, Marks} = steps(C1, 1, Steps, [R0], [M0]),
    Final = view(C1),
    Last = {length(Steps), {erlang:monotonic_time(nanosecond), 1 bsl 60}},
    {lists:reverse(Recs), lists:reverse([Last | Marks]), Final}.

steps(_, _, [], Recs, Marks) -> {Recs, Marks};
steps(C, I, [S | Rest], Recs, Marks) ->
    T0 = now_ms(),
    Reply = perform(C, S),
    case maps:get(settle, S, true) of
        false ->
            steps(C, I + 1, Rest, [#{i => I, op => maps:get(op, S), reply => Reply, settled => false} | Recs], Marks);
        _ ->
            {R, M} = finish(C, I, S, Reply, T0),
            steps(C, I + 1, Rest, [R | Recs], [M | Marks])
    end.

finish(C, I, S, Reply, T0) ->
    settle(C),
    T1 = get(quiet_since),
    View = view(C),
    Rec0 = maps:merge(#{i => I, op => maps:get(op, S), reply => Reply}, View),
    Rec = case S of
        #{expect_ms := [Lo, Hi]} -> E = T1 - T0, Rec0#{elapsed_ok => E >= Lo andalso E =< Hi};
        _ -> Rec0
    end,
    {Rec, {I, now_()}}.

now_ms() -> erlang:monotonic_time(millisecond).

perform(C, #{op := wait, ms := Ms}) -> timer:sleep(Ms), _ = C, ok;
perform(_, #{op := align}) ->
    Now = now_ms(), timer:sleep(1000 - ((Now rem 1000) + 1000) rem 1000), ok;
perform(C, S = #{op := stop}) ->
    exit_root(C, maps:get(reason, S, shutdown)), ok;
perform(C, S = #{op := batch_crash, ids := Ids}) ->
    Sup = sup_pid(C, S),
    is_pid(Sup) andalso (catch erlang:suspend_process(Sup)),
    [begin
         P = target(C, S, Id),
         case is_pid(P) of
             true ->
                 M = erlang:monitor(process, P),
                 P ! {leave, reason(maps:get(reason, S, boom))},
                 receive {'DOWN', M, _, _, _} -> ok after 1000 -> ok end;
             false -> ok
         end
     end || Id <- Ids],
    is_pid(Sup) andalso (catch erlang:resume_process(Sup)),
    ok;
perform(C, S = #{op := kill, id := Id}) ->
    P = target(C, S, Id), is_pid(P) andalso exit(P, kill), ok;
perform(C, S = #{op := signal, id := Id}) ->
    P = target(C, S, Id),
    R = reason(maps:get(reason, S, boom)),
    case is_pid(P) of
        true ->
            {Q, M} = spawn_monitor(fun() -> exit(P, R) end),
            receive {'DOWN', M, _, Q, _} -> ok end;
        false -> ok
    end,
    ok;
perform(C, #{op := queued, calls := Calls}) ->
    Rs = [case is_call(X) of
              true -> {req, send_call(C, X)};
              false -> {val, perform(C, X)}
          end || X <- Calls],
    [case R of {req, Q} -> await(Q); {val, V} -> V end || R <- Rs];
perform(C, S) ->
    case is_call(S) of
        true -> await(send_call(C, S));
        false ->
            R = case S of
                #{op := crash} -> boom;
                #{op := stop_normal} -> normal;
                #{op := stop_shutdown} -> {shutdown, x};
                #{op := stop_shutdown_atom} -> shutdown;
                #{op := exit} -> boom
            end,
            P = target(C, S, maps:get(id, S)),
            is_pid(P) andalso (P ! {leave, reason(maps:get(reason, S, R))}),
            ok
    end.

is_call(#{op := Op}) ->
    lists:member(Op, [start_child, terminate_child, restart_child, delete_child, get_childspec,
                      count_children, which_children]).

send_call(C, S) ->
    case sup_pid(C, S) of
        P when is_pid(P) -> {gen_server:send_request(P, request(C, S)), S};
        _ -> dead
    end.

request(C, S) ->
    case S of
        #{op := start_child, args := Args} -> {start_child, Args};
        #{op := start_child, spec := Spec} -> {start_child, child_spec(C, sup_path(S), Spec)};
        #{op := terminate_child, pid_of := P} ->
            case ets:lookup(maps:get(names, C), P) of
                [{_, Pid}] -> {terminate_child, Pid};
                [] -> {terminate_child, list_to_pid("<0.9999.999>")}
            end;
        #{op := which_children} -> which_children;
        #{op := count_children} -> count_children;
        #{op := Op, id := Id} -> {Op, Id}
    end.

await(dead) -> #{exit => noproc};
await({Q, S}) ->
    case gen_server:receive_response(Q, infinity) of
        {error, {Reason, _}} -> #{exit => Reason};
        {reply, R} -> {reply, maps:get(op, S), R}
    end.

exit_root(_, Reason) ->
    case get(root) of
        P when is_pid(P) ->
            M = erlang:monitor(process, P),
            exit(P, reason(Reason)),
            receive {'DOWN', M, _, _, _} -> ok after 20000 -> ok end;
        _ -> ok
    end.

sup_path(S) -> maps:get(sup, S, root).

sup_pid(C, S) ->
    case ets:lookup(maps:get(names, C), sup_path(S)) of
        [{_, P}] -> P;
        [] -> none
    end.

target(#{names := N}, S, Id) ->
    case ets:lookup(N, Id) of
        [{_, P}] -> P;
        [] ->
            case S of
                #{sup := Sup} ->
                    case ets:lookup(N, join(Sup, Id)) of [{_, P}] -> P; [] -> none end;
                _ -> none
            end
    end.

%%% Quiet: every named process waits for messages and nothing was recorded for a while.
settle(C) -> settle(C, -1, now_ms(), now_ms() + 20000).

settle(C = #{ev := Ev, tracer := T}, Size, Since, Until) ->
    sync(T),
    N = ets:info(Ev, size),
    Now = now_ms(),
    put(quiet_since, Since),
    case N =:= Size andalso idle(C) of
        true when Now - Since >= ?QUIET_MS -> ok;
        true when Now > Until -> ok;
        true -> timer:sleep(5), settle(C, N, Since, Until);
        false when Now > Until -> ok;
        false -> timer:sleep(2), settle(C, N, Now, Until)
    end.

sync(T) ->
    R = erlang:trace_delivered(all),
    receive {trace_delivered, _, R} -> ok end,
    T ! {sync, self()},
    receive synced -> ok end.

idle(#{pids := Pids}) ->
    lists:all(fun({P, _, _}) ->
        case erlang:process_info(P, [current_function, message_queue_len, status]) of
            undefined -> true;
            [{_, {gen_server, loop, _}}, {_, 0}, _] -> true;
            _ -> false
        end
    end, ets:tab2list(Pids)).

view(C) ->
    case get(root) of
        none -> #{sup => not_started};
        P ->
            case is_process_alive(P) of
                true ->
                    #{sup => alive,
                      children => tree(C, P, supervisor:which_children(P)),
                      counts => {reply, count_children, supervisor:count_children(P)}};
                false ->
                    receive {'EXIT', P, R} -> put(root_exit, {r, R}) after 0 -> ok end,
                    case get(root_exit) of
                        {r, R1} -> #{sup => #{exit => R1}};
                        undefined -> #{sup => #{exit => unknown}}
                    end
            end
    end.

tree(C, _, L) -> {tree, C, [
    {E, case E of
        {_, Pid, supervisor, _} when is_pid(Pid) ->
            try tree(C, Pid, supervisor:which_children(Pid)) catch _:_ -> none end;
        _ -> none
    end} || E <- L]}.

%%% ------------------------------------------------------------------ processes

next_inc(#{names := N}, Path) -> ets:update_counter(N, {inc, Path}, 1, {{inc, Path}, 0}).

join(root, Id) -> Id;
join(P, Id) -> list_to_atom(atom_to_list(P) ++ "/" ++ atom_to_list(Id)).


start_simple(C, Parent, Plan, Id) -> start_child(C, Parent, Plan#{id => Id}).
start_simple(C, Parent, Plan, Id, Over) -> start_child(C, Parent, maps:merge(Plan, Over#{id => Id})).
start_child(C, Parent, Plan) when is_map(Plan) ->
    #{id := Id} = Plan,
    Path = join(Parent, Id),
    Inc = next_inc(C, Path),
    case maps:is_key(sup, Plan) of
        false ->
            outcome(Plan, Inc) =:= raise andalso error(start_function_raised),
            gen_server:start_link(?MODULE, {worker, C, Path, Inc, Plan}, []);
        true ->
            outcome(Plan, Inc) =:= raise andalso error(start_function_raised),
            supervisor:start_link(?MODULE, {sup, C, Path, Inc, Plan})
    end.

outcome(Plan, Inc) ->
    case maps:get(init, Plan, ok) of
        ok -> ok;
        fail -> {fail, init_failed};
        ignore -> ignore;
        raise -> raise;
        M when is_map(M) ->
            Fails = Inc =< maps:get(fail_first, M, 0)
                orelse Inc > maps:get(fail_after, M, infinity)
                orelse lists:member(Inc, maps:get(fail_on, M, [])),
            Ign = lists:member(Inc, maps:get(ignore_on, M, [])),
            if Fails -> {fail, reason(maps:get(reason, M, init_failed))};
               Ign -> ignore;
               true -> ok
            end
    end.

delay(Plan, Inc) ->
    case maps:get(list_to_atom(integer_to_list(Inc)), maps:get(init_delay_ms, Plan, #{}), 0) of
        0 -> ok;
        Ms -> timer:sleep(Ms)
    end.

enter(#{names := N, pids := P}, Path, Inc) ->
    ets:insert(P, {self(), Path, Inc}),
    ets:insert(N, {Path, self()}).

ev(#{ev := Ev}, E) -> ets:insert(Ev, {now_(), E}).

init({sup, C, Path, Inc, Plan}) ->
    delay(Plan, Inc),
    Sup = maps:get(sup, Plan),
    O = case maps:get(init, Sup, ok) of ignore -> ignore; _ -> outcome(Plan, Inc) end,
    case O of
        ignore -> ev(C, {init_ignore, Path, Inc}), ignore;
        {fail, R} -> ev(C, {init_fail, Path, Inc}), R;
        ok ->
            ets:insert(sups, {self(), C, Path}),
            enter(C, Path, Inc),
            ev(C, {sup_init, Path, Inc}),
            Flags0 = maps:with([strategy, intensity, auto_shutdown], Sup),
            Flags = case Sup of
                #{period_ms := P} when is_integer(P) -> Flags0#{period => P div 1000};
                #{period_ms := P} -> Flags0#{period => P};
                _ -> Flags0
            end,
            Simple = maps:get(strategy, Sup, none) =:= simple_one_for_one,
            {ok, {Flags, [if Simple -> simple_spec(C, Path, X); true -> child_spec(C, Path, X) end
                          || X <- maps:get(children, Sup)]}}
    end;
init({worker, C, Path, Inc, Plan}) ->
    maps:get(trap_exit, Plan, true) =/= false andalso process_flag(trap_exit, true),
    ets:insert(maps:get(pids, C), {self(), Path, Inc}),
    ets:insert(maps:get(names, C), {Path, self()}),
    delay(Plan, Inc),
    case outcome(Plan, Inc) of
        ignore -> ets:delete(maps:get(pids, C), self()), ev(C, {init_ignore, Path, Inc}), ignore;
        {fail, R} -> ets:delete(maps:get(pids, C), self()), ev(C, {init_fail, Path, Inc, R}), {stop, R};
        ok ->
            ev(C, {init, Path, Inc}),
            case maps:find(list_to_atom(integer_to_list(Inc)), maps:get(exit_after_ms, Plan, #{})) of
                {ok, [Ms, R]} -> erlang:send_after(Ms, self(), {leave, reason(R)});
                error -> ok
            end,
            {ok, {C, Path, Inc, Plan, stay}}
    end.

child_spec(C, Path, Plan) ->
    S0 = maps:with([id, restart, significant, shutdown], Plan),
    S1 = S0#{start => {?MODULE, start_child, [C, Path, Plan]}},
    case maps:is_key(sup, Plan) of true -> S1#{type => supervisor}; false -> S1 end.

simple_spec(C, Path, Plan) ->
    (child_spec(C, Path, Plan))#{start => {?MODULE, start_simple, [C, Path, Plan]}}.

handle_call(_, _, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.
handle_info({leave, R}, {C, P, I, Plan, _}) -> {stop, R, {C, P, I, Plan, leave}};
handle_info(_, S) -> {noreply, S}.

terminate(Reason, {C, Path, Inc, Plan, How}) ->
    ev(C, {terminate, Path, Inc, Reason}),
    How =:= leave orelse begin
        maps:get(ignores_shutdown, Plan, false) =:= true andalso receive never -> ok end,
        On = maps:get(on_shutdown, Plan, #{}),
        case On of #{delay_ms := D} -> timer:sleep(D); _ -> ok end,
        case On of #{exit := R} -> exit(reason(R)); _ -> ok end
    end,
    ok.

reason(L) when is_list(L) -> list_to_tuple([reason(X) || X <- L]);
reason(X) -> X.

%%% ------------------------------------------------------------------ output

write(Out, Name, Events, Marks, Recs, Final) ->
    {Evs, Reps} = lists:foldl(fun({Ts, E}, {A, B}) ->
        Step = step_of(Ts, Marks),
        case E of
            {report, Path, Id, Ctx, R} ->
                {A, [[$", "child", $", $:, t(Id), ",\"context\":", t(Ctx), ",\"reason\":", t(R),
                      ",\"step\":", i(Step), ",\"sup\":", t(Path)] | B]};
            {init, P, I} -> {[ev_json(init, P, I, none, Step) | A], B};
            {K, P, I} -> {[ev_json(K, P, I, none, Step) | A], B};
            {K, P, I, R} -> {[ev_json(K, P, I, {r, R}, Step) | A], B}
        end
    end, {[], []}, Events),
    J = ["{\"name\":", t(Name), ",\"otp\":\"25\",\n\"events\":[\n", sep(lists:reverse(Evs)), "],\n\"reports\":[\n",
         sep([["{", R, "}"] || R <- lists:reverse(Reps)]), "],\n\"steps\":[\n",
         sep([rec(R) || R <- Recs]), "],\n\"final\":", rec(Final), "}\n"],
    ok = file:write_file([Out, "/", atom_to_list(Name), ".json"], J).

sep([]) -> [];
sep(L) -> [lists:join(",\n", L), "\n"].

step_of(_, [{I, _}]) -> I;
step_of(Ts, [{I, M} | Rest]) -> if Ts =< M -> I; true -> step_of(Ts, Rest) end;
step_of(_, []) -> 0.

ev_json(K, P, I, R, S) ->
    ["{\"ev\":", t(K), ",\"id\":", t(P), ",\"inc\":", i(I),
     case R of none -> []; {r, X} -> [",\"reason\":", t(X)] end, ",\"step\":", i(S), "}"].

i(N) -> integer_to_list(N).

rec(M) ->
    ["{", lists:join(",", [["\"", atom_to_list(K), "\":", val(K, maps:get(K, M))] || K <- lists:sort(maps:keys(M))]), "}"].

val(reply, V) -> reply(V);
val(_, V) -> v(V).

reply({error, R}) -> ["{\"error\":", t(R), "}"];
reply(L) when is_list(L) -> ["[", lists:join(",", [reply(X) || X <- L]), "]"];
reply(X) -> v(X).

v({reply, count_children, L}) ->
    ["{", lists:join(",", [["\"", atom_to_list(K), "\":", i(proplists:get_value(K, L))]
                           || K <- [active, specs, supervisors, workers]]), "}"];
v({reply, which_children, {error, R}}) -> reply({error, R});
v({reply, which_children, L}) -> entries([{E, none} || E <- L]);
v({reply, get_childspec, {ok, S}}) ->
    ["{\"ok\":{", lists:join(",", [["\"", atom_to_list(K), "\":", t(maps:get(K, S))]
        || K <- [id, restart, shutdown, significant, type]]), "}}"];
v({reply, _, {ok, undefined}}) -> "{\"ok\":null}";
v({reply, _, {ok, P}}) -> ["{\"ok\":", pid(P), "}"];
v({reply, _, {error, R}}) -> ["{\"error\":", t(R), "}"];
v({reply, _, X}) -> t(X);
v({tree, _, L}) -> entries(L);
v(#{exit := R}) -> ["{\"exit\":", t(R), "}"];
v(X) -> t(X).

entries(L) ->
    L1 = case L of
        [{{undefined, _, _, _}, _} | _] -> lists:sort(fun({A, _}, {B, _}) -> name(element(2, A)) =< name(element(2, B)) end, L);
        _ -> L
    end,
    ["[", lists:join(",", [
        ["{", case In of none -> []; T -> ["\"children\":", v(T), ","] end,
         "\"id\":", case Id of undefined -> "null"; _ -> t(Id) end,
         ",\"pid\":", pid(P), ",\"type\":", t(Ty), "}"]
        || {{Id, P, Ty, _}, In} <- L1]), "]"].

pid(undefined) -> "null";
pid(P) -> t(name(P)).

name(P) when is_pid(P) ->
    case persistent_name(P) of none -> unknown; N -> N end;
name(X) -> X.

%% Pids are named while the tables live, by whoever writes.
persistent_name(P) ->
    Names = [T || T <- ets:all(), ets:info(T, name) =:= pids],
    first_name(P, Names).
first_name(_, []) -> none;
first_name(P, [T | R]) ->
    case catch ets:lookup(T, P) of
        [{_, Path, Inc}] -> list_to_atom(atom_to_list(Path) ++ "#" ++ integer_to_list(Inc));
        _ -> first_name(P, R)
    end.

t(X) when is_integer(X) -> i(X);
t(true) -> "true"; t(false) -> "false"; t(null) -> "null";
t(X) when is_atom(X) -> ["\"", atom_to_list(X), "\""];
t(X) when is_pid(X) -> pid(X);
t(X) when is_tuple(X), element(1, X) =:= child -> ["{\"child\":", t(element(3, X)), "}"];
t({'EXIT', {R, St}}) when is_list(St) -> ["[\"EXIT\",[", t(R), ",\"<stack>\"]]"];
t(X) when is_tuple(X) -> ["[", lists:join(",", [t(E) || E <- tuple_to_list(X)]), "]"];
t([]) -> "[]";
t([{A, B} | _] = L) when is_atom(A), is_atom(B) -> ["[", lists:join(",", [t(E) || E <- L]), "]"];
t(L) when is_list(L) ->
    case io_lib:printable_list(L) of true -> ["\"", L, "\""]; false -> ["[", lists:join(",", [t(E) || E <- L]), "]"] end;
t(M) when is_map(M) -> case M of #{id := Id} -> ["{\"child\":", t(Id), "}"]; _ -> "\"<map>\"" end;
t(_) -> "\"?\"".
