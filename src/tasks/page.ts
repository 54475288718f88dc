import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

/**
 * What a coordinator shows at its root: one text that asks nobody but the coordinator for anything.
 */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tasks</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
  <h1>Tasks</h1>
  <span id="live" role="status" data-live="no">connecting</span>
</header>
<main>
  <section class="tiles" aria-label="Overview">
    <div class="tile"><b id="n-waiting">0</b><span>waiting</span></div>
    <div class="tile"><b id="n-busy">0</b><span>at workers</span></div>
    <div class="tile"><b id="n-completed">0</b><span>completed</span></div>
    <div class="tile"><b id="n-dead">0</b><span>given up</span></div>
    <div class="tile"><b id="n-workers">0</b><span>workers</span></div>
    <div class="tile wide">
      <b id="n-rate">0</b><span>completed per second</span>
      <svg id="rate" viewBox="0 0 240 44" preserveAspectRatio="none" aria-hidden="true">
        <path id="rate-area"></path><path id="rate-line"></path>
      </svg>
    </div>
  </section>
  <div id="share" class="share" aria-hidden="true"></div>
  <p id="troubles" class="quiet"></p>
  <div class="columns">
    <section aria-labelledby="queue-title">
      <div class="bar">
        <h2 id="queue-title">Queue</h2>
        <form id="find"><input id="find-id" aria-label="Task id" placeholder="task id">
          <button>Show</button></form>
      </div>
      <nav id="states" aria-label="State"></nav>
      <table class="queue">
        <thead><tr><th>task</th><th>type</th><th>state</th><th class="num">try</th>
          <th>worker</th><th>changed</th></tr></thead>
        <tbody id="tasks"></tbody>
      </table>
      <p id="none" class="quiet" hidden></p>
      <div class="bar"><span id="range" class="quiet"></span>
        <span><button id="order" hidden></button> <button id="first" hidden>First</button>
          <button id="next" hidden>Next</button></span>
      </div>
    </section>
    <div>
      <section aria-labelledby="workers-title">
        <h2 id="workers-title">Workers</h2>
        <table class="people">
          <thead><tr><th>worker</th><th>types</th><th class="num">has</th>
            <th class="num">done</th><th class="num">failed</th></tr></thead>
          <tbody id="workers"></tbody>
        </table>
        <p id="nobody" class="quiet" hidden>No workers are connected.</p>
      </section>
      <section id="task" aria-labelledby="task-title" hidden>
        <div class="bar"><h2 id="task-title"></h2><button id="close">Close</button></div>
        <p id="task-facts" class="quiet"></p>
        <p id="task-error" class="error" hidden></p>
        <ol id="history"></ol>
        <details><summary>Task and result</summary><pre id="task-json"></pre></details>
      </section>
    </div>
  </div>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;

/** The browser runs this script alone, and speaks to nobody else. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
};

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
