/**
 * What the page does: it hears of metrics as events, and asks for tables when they may have
 * changed.
 * Whatever comes from a task is put in as text, never as markup.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
const byId = (id) => document.getElementById(id);
const STATES = ['pending', 'assigned', 'installing', 'installed', 'running', 'failed',
  'completed', 'deadLetter'];
const WORDS = { deadLetter: 'given up', failed: 'waits for a retry' };
const BUSY = ['assigned', 'installing', 'installed', 'running'];
const COLOURS = { pending: 'pending', failed: 'failed', completed: 'done', deadLetter: 'dead' };
const LIMIT = 50;
const END_LETTERS = 8;
const SECONDS = 120;
const rates = [];
let before, next, state = '', order = 'newest', after = [], shown = '', lastSeen = '';
let isBusy = false, isStale = false;

const number = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ' ');
const word = (name) => WORDS[name] || name;
function text(id, value) {
  if (byId(id).textContent !== value) byId(id).textContent = value;
}
function time(ms) {
  const at = new Date(ms), two = (n) => String(n).padStart(2, '0');
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  if (at.toDateString() === new Date().toDateString()) return clock;
  return [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-') + ' ' + clock;
}
// Of another day without its year and its seconds: a column is narrow.
function brief(ms) {
  const full = time(ms);
  return full.includes('-') ? full.slice(5, 16) : full;
}
function make(tag, value, className) {
  const made = document.createElement(tag);
  if (value !== undefined) made.textContent = value;
  if (className) made.className = className;
  return made;
}
async function ask(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(path + ': ' + answer.status);
  return answer.json();
}

function overview(metrics) {
  const { counts } = metrics;
  const busy = BUSY.reduce((sum, name) => sum + counts[name], 0);
  text('n-waiting', number(counts.pending + counts.failed));
  text('n-busy', number(busy));
  text('n-completed', number(counts.completed));
  text('n-dead', number(counts.deadLetter));
  text('n-workers', number(metrics.workersConnected));
  text('troubles', [
    number(metrics.failed) + ' tries failed', number(metrics.leasesLost) + ' leases lost',
    number(metrics.resultsRefused) + ' late or duplicate results refused',
    number(metrics.tasksRefused) + ' tasks refused',
  ].join(' · '));
  share(counts);
  throughput(metrics);
  tabs(counts);
}
function share(counts) {
  const total = STATES.reduce((sum, name) => sum + counts[name], 0);
  const parts = STATES.filter((name) => counts[name] > 0).map((name) => {
    const part = make('i');
    part.style.flex = String(counts[name] / total);
    part.style.background = 'var(--' + (COLOURS[name] || 'busy') + ')';
    return part;
  });
  byId('share').replaceChildren(...parts);
}
function throughput(metrics) {
  if (before && metrics.uptimeMs > before.uptimeMs) {
    const seconds = (metrics.uptimeMs - before.uptimeMs) / 1000;
    rates.push(Math.max(0, (metrics.completed - before.completed) / seconds));
    if (rates.length > SECONDS) rates.shift();
  } else if (before && metrics.uptimeMs < before.uptimeMs) rates.length = 0;
  before = metrics;
  const now = rates.at(-1) || 0;
  text('n-rate', now > 0 && now < 10 ? now.toFixed(1) : number(now));
  // A line along the bottom is no throughput.
  if (rates.length < 2 || rates.every((rate) => rate === 0)) {
    for (const id of ['rate-line', 'rate-area']) byId(id).removeAttribute('d');
    return;
  }
  const most = Math.max(1, ...rates);
  const points = rates.map((rate, at) => {
    const x = (240 * (at + SECONDS - rates.length)) / (SECONDS - 1);
    return x.toFixed(1) + ' ' + (42 - (38 * rate) / most).toFixed(1);
  });
  const from = points[0].split(' ')[0];
  byId('rate-line').setAttribute('d', 'M' + points.join('L'));
  byId('rate-area').setAttribute('d', 'M' + from + ' 44L' + points.join('L') + 'L240 44Z');
}
function tabs(counts) {
  const nav = byId('states');
  const total = STATES.reduce((sum, name) => sum + counts[name], 0);
  for (const name of ['', ...STATES]) {
    let tab = nav.querySelector('[data-state="' + name + '"]');
    if (!tab) {
      tab = make('button');
      tab.dataset.state = name;
      tab.onclick = () => { state = name; after = []; refresh(); };
      nav.append(tab);
    }
    const label = (name ? word(name) : 'all') + ' ' + number(name ? counts[name] : total);
    if (tab.textContent !== label) tab.textContent = label;
    tab.setAttribute('aria-pressed', String(state === name));
  }
}

// Ids of one coordinator begin alike: a narrow column leaves out their middle, not their end.
function idLink(taskId) {
  const letters = [...taskId], end = Math.min(END_LETTERS, letters.length);
  const link = make('a', undefined, 'id');
  link.append(make('span', letters.slice(0, -end).join('')),
    make('span', letters.slice(-end).join('')));
  return link;
}
function taskRow(task) {
  const row = make('tr');
  const name = make('td');
  const link = idLink(task.taskId);
  link.href = '#' + encodeURIComponent(task.taskId);
  link.title = task.taskId;
  name.append(link);
  const standing = make('td');
  standing.append(make('span', word(task.state), 'state ' + task.state));
  if (task.error) { standing.append(' ' + task.error); standing.title = task.error; }
  row.append(name, make('td', task.taskType), standing, make('td', String(task.attempt), 'num'),
    make('td', task.workerId || ''), make('td', brief(task.changedMs)));
  row.children[1].title = task.taskType;
  row.children[4].title = task.workerId || '';
  row.lastChild.title = time(task.changedMs);
  row.setAttribute('aria-selected', String(task.taskId === shown));
  row.onclick = () => { location.hash = link.hash; };
  return row;
}
function workerRow(worker) {
  const row = make('tr');
  const name = make('td', worker.workerId);
  if (!worker.isConnected) name.append(make('span', ' (lost)', 'deadLetter'));
  name.title = worker.workerId;
  row.append(name, make('td', worker.taskTypes.join(', ')),
    ...[worker.taskIds.length, worker.completed, worker.failed].map((count) =>
      make('td', number(count), 'num')));
  return row;
}
function historyLine(step) {
  const line = make('li');
  const state = make('span', word(step.state), 'state ' + step.state);
  line.append(make('time', time(step.atMs)), ' ', state);
  const more = [];
  if (step.attempt > 0) more.push('try ' + step.attempt);
  if (step.workerId) more.push(step.workerId);
  if (step.reason) more.push(step.reason);
  if (more.length > 0) line.append(make('span', ' ' + more.join(', '), 'quiet'));
  return line;
}
function showTask(task) {
  byId('task').hidden = shown === '';
  if (shown === '') return;
  text('task-title', shown);
  byId('task-error').hidden = !task || !task.error;
  if (!task) {
    text('task-facts', 'There is no task of this id.');
    byId('history').replaceChildren();
    text('task-json', '');
    return;
  }
  const facts = [task.taskType, word(task.state)];
  facts.push(task.attempt ? 'try ' + task.attempt : 'not tried yet');
  // Tries that were lost with their worker count among the tries, and not as failures.
  const most = task.retriesMax + 1;
  if (task.failures) facts.push('failed ' + task.failures + ' of ' + most + ' times');
  if (task.priority) facts.push('priority ' + task.priority);
  facts.push('added ' + time(task.addedMs));
  text('task-facts', facts.join(' · '));
  text('task-error', task.error || '');
  byId('history').replaceChildren(...task.history.map(historyLine));
  const { history, ...rest } = task;
  text('task-json', JSON.stringify({ task: rest.task, result: rest.result }, null, 2));
}

// One round of questions at a time: what changes meanwhile is in the next one.
async function refresh() {
  if (isBusy) { isStale = true; return; }
  isBusy = true;
  try {
    do {
      isStale = false;
      const at = after.at(-1);
      const query = new URLSearchParams({ limit: LIMIT, order });
      if (state) query.set('state', state);
      if (at) query.set('after', at);
      const [page, people, task] = await Promise.all([
        ask('tasks?' + query),
        ask('workers'),
        shown ? ask('tasks/' + encodeURIComponent(shown)) : undefined,
      ]);
      next = page.next;
      byId('tasks').replaceChildren(...page.tasks.map(taskRow));
      byId('none').hidden = page.tasks.length > 0;
      text('none', state || at ? 'No tasks here.' : 'No tasks yet: POST /addTask adds one.');
      const from = after.length * LIMIT;
      const range = number(from + 1) + ' to ' + number(from + page.tasks.length);
      text('range', page.tasks.length ? order + ' first: ' + range : '');
      byId('next').hidden = !next;
      byId('first').hidden = after.length === 0;
      text('order', order === 'newest' ? 'Oldest first' : 'Newest first');
      byId('order').hidden = page.tasks.length < 2;
      byId('workers').replaceChildren(...people.workers.map(workerRow));
      byId('nobody').hidden = people.workers.length > 0;
      showTask(task);
      if (before) tabs(before.counts);
    } while (isStale);
  } catch (error) {
    // The coordinator may be gone: the stream says so, and all is asked again when it is back.
    lastSeen = '';
  } finally {
    isBusy = false;
  }
}
function live(isLive) {
  byId('live').dataset.live = isLive ? 'yes' : 'no';
  text('live', isLive ? 'live' : 'no connection, trying again');
}
function choose() {
  shown = decodeURIComponent(location.hash.slice(1));
  if (shown === '') byId('task').hidden = true;
  refresh();
}

byId('next').onclick = () => { if (next) { after.push(next); refresh(); } };
byId('first').onclick = () => { after = []; refresh(); };
byId('order').onclick = () => {
  order = order === 'newest' ? 'oldest' : 'newest';
  after = [];
  refresh();
};
byId('close').onclick = () => { location.hash = ''; };
byId('find').onsubmit = (submitted) => {
  submitted.preventDefault();
  location.hash = '#' + encodeURIComponent(byId('find-id').value.trim());
};
addEventListener('hashchange', choose);
const events = new EventSource('events?only=metrics');
events.onopen = () => { live(true); lastSeen = ''; };
events.onerror = () => live(false);
events.addEventListener('metrics', (told) => {
  const metrics = JSON.parse(told.data);
  overview(metrics);
  const { uptimeMs, ...rest } = metrics;
  const seen = JSON.stringify(rest);
  if (seen !== lastSeen) { lastSeen = seen; refresh(); }
});
choose();
`;
