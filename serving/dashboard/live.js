// Keeps the page as it is on the server: asks for its parts every few seconds, and replaces those that have changed. Focus, scroll
// position and what was opened stay. A page that nobody sees asks for nothing.
const everyMs = 5000;
const boards = document.querySelector('#boards');
const freshness = document.querySelector('#freshness');
// What the first paint shows is not read back for this: the first refresh compares its parts instead.
let seen = null;
let timer;

function say(text) {
  freshness.textContent = text;
}

function clock() {
  return new Date().toLocaleTimeString();
}

/** How to find an element again in what takes its place. */
function pathWithin(part, element) {
  const path = [];
  for (let one = element; one !== part; one = one.parentElement)
    path.unshift([...one.parentElement.children].indexOf(one));
  return path;
}

function replacePart(old, fresh) {
  const focused = old.contains(document.activeElement) ? pathWithin(old, document.activeElement) : null;
  const opened = new Set([...old.querySelectorAll('details[open]')].map(({ id }) => id));
  const scrolled = [...old.querySelectorAll('.scroll')].map(({ scrollLeft }) => scrollLeft);
  old.innerHTML = fresh.innerHTML;
  for (const one of old.querySelectorAll('details')) one.open = opened.has(one.id);
  [...old.querySelectorAll('.scroll')].forEach((one, index) => (one.scrollLeft = scrolled[index] ?? 0));
  if (focused !== null) {
    const again = focused.reduce((one, index) => one?.children[index] ?? null, old);
    again?.focus({ preventScroll: true });
  }
  old.classList.remove('changed');
  void old.offsetWidth;
  old.classList.add('changed');
}

function update(html) {
  if (html === seen) return;
  seen = html;
  const fresh = new DOMParser().parseFromString(`<main>${html}</main>`, 'text/html').querySelector('main');
  const idsOf = (root) => [...root.children].map(({ id }) => id).join();
  // Another model: the parts are no longer the same ones.
  if (idsOf(fresh) !== idsOf(boards)) {
    boards.innerHTML = fresh.innerHTML;
    return;
  }
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const old = document.getElementById(part.id);
    const was = old.cloneNode(true);
    for (const one of was.querySelectorAll('details')) one.removeAttribute('open');
    if (was.innerHTML !== part.innerHTML) replacePart(old, part);
  }
}

async function refresh() {
  clearTimeout(timer);
  if (!document.hidden) {
    try {
      const answer = await fetch('/dashboard/boards', { headers: { accept: 'text/html' } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      update(await answer.text());
      say(`up to date at ${clock()}`);
    } catch {
      if (!freshness.textContent.startsWith('not')) say(`not updated since ${clock()}: the service does not answer`);
    }
  }
  timer = setTimeout(refresh, everyMs);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});
say(`up to date at ${clock()}`);
timer = setTimeout(refresh, everyMs);
