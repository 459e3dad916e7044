/* The ambassador's pages in the browser: our own, and only an extra. Every page works without it.
   data-keep="Kom: Leila"  a form whose press is kept on the phone without network, and sent when the network is back
   data-step="1"           such a form whose presses each count, beside an output that shows the number
   data-share              hand a text and its link (data-text, data-url) to the phone's own way of sharing, else copy it
   data-store              a page to have on the phone before it is needed
   data-signs-out          sign out: what is kept here goes, but not before it is sent */
(() => {
  'use strict';
  const BOX = 'brygga.a.vantar', PAGES = 'brygga-a', AGAIN = 20000, STORE_EVERY = 600000;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const stored = (key, value) => { // localStorage can be forbidden; then nothing is kept
    try { return value === undefined ? localStorage.getItem(key) : localStorage.setItem(key, value); } catch { return null; }
  };
  const theme = stored('brygga.tema');
  if (theme && theme !== 'system') document.documentElement.dataset.theme = theme;

  const randomKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const box = () => { try { return JSON.parse(stored(BOX) || '[]'); } catch { return []; } };
  const setBox = (entries) => stored(BOX, JSON.stringify(entries));
  const owner = () => document.body.dataset.owner;
  const mine = () => box().filter((entry) => entry.owner === owner());
  const waiting = () => mine().filter((entry) => !entry.refused);
  let csrf = '', sending = null, away = false;
  const pressedHere = new Set();

  // --- what is told about what waits
  function say() {
    const place = document.querySelector('[data-waits]');
    const waits = waiting(), refused = mine().filter((entry) => entry.refused);
    const nodes = [];
    const line = (text) => { const p = document.createElement('p'); p.textContent = text; nodes.push(p); return p; };
    if (waits.length && away === 'out') {
      const p = line(`${waits.length === 1 ? 'En sak' : `${waits.length} saker`} är inte skickade. `);
      p.append(Object.assign(document.createElement('a'), { href: `/logga-in?till=${encodeURIComponent(location.pathname)}`, textContent: 'Logga in, så skickas det' }));
    } else if (waits.length && away) line(`Väntar på nät: ${waits.length === 1 ? 'en sak' : `${waits.length} saker`} skickas när nätet är tillbaka.`);
    refused.forEach((entry) => {
      const p = line(`Gick inte att spara (${entry.label}): ${entry.refused} `);
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Ta bort' });
      button.onclick = () => { setBox(box().filter((other) => other.key !== entry.key)); say(); };
      p.append(button);
    });
    if (!place || place.textContent === nodes.map((node) => node.textContent).join('')) return;
    place.replaceChildren(...nodes);
    if (refused.length) place.scrollIntoView({ block: 'nearest' });
  }

  // --- what a page shows of what waits
  const fieldsOf = (form, button) => {
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    return Object.fromEntries([...data].filter(([name]) => name !== 'csrf' && name !== 'nyckel'));
  };
  const same = (entry, form, fields) => entry.url === form.getAttribute('action') && JSON.stringify(entry.fields) === JSON.stringify(fields);
  const counter = (form) => form.closest('[data-count]')?.querySelector('output') || form.querySelector('output');
  const waits = (form) => all('button', form).slice(0, 1).some((button) => waiting().some((entry) => same(entry, form, fieldsOf(form, button))));
  function mark(form) { // a form whose press is on its way, or waits for the network
    const isWaiting = waits(form), old = form.querySelector('.offline-mark');
    if (!form.querySelector('textarea')) all('button', form).forEach((button) => { button.hidden = isWaiting; });
    if (!isWaiting) return old?.remove();
    const word = old || form.appendChild(Object.assign(document.createElement('span'), { className: 'offline-mark' }));
    word.textContent = away ? 'Väntar på nät' : 'Sparas';
    return undefined;
  }
  const markAll = () => { all('form[data-keep]:not([data-step])').forEach(mark); say(); };
  function step(form) {
    const shown = counter(form);
    if (shown) shown.textContent = Math.max(0, Number(shown.textContent) + Number(form.dataset.step));
  }
  function paint() { // a page that was kept is shown with what has been pressed since
    all('form[data-step]').forEach((form) => all('button', form).slice(0, 1).forEach((button) => {
      waiting().filter((entry) => same(entry, form, fieldsOf(form, button))).forEach(() => step(form));
    }));
    markAll();
  }

  // --- sending, one at a time, in order
  async function send(entry) {
    const body = new URLSearchParams({ ...entry.fields, csrf: csrf || document.querySelector('[name=csrf]')?.value || '', nyckel: entry.key });
    return fetch(entry.url, { method: 'POST', body, headers: { accept: 'text/html' } });
  }
  const sentence = (html) => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    return (page.querySelector('.error-summary li, main p, h1')?.textContent || 'Försök igen på sidan.').trim();
  };
  const isOut = (response) => new URL(response.url).pathname.startsWith('/logga-in');
  async function newToken() {
    const response = await fetch('/a/vaken');
    if (isOut(response) || !response.ok) return 'out';
    const who = await response.json();
    csrf = who.csrf;
    return who.owner === owner() ? '' : 'out';
  }
  async function deliver(entry) { // what came of it: sent, refused with a sentence, or away
    let response = await send(entry);
    if (response.status === 403 && !isOut(response)) {
      if (await newToken() === 'out') return { away: 'out' };
      response = await send(entry);
    }
    if (isOut(response)) return { away: 'out' };
    if (response.ok) return { response };
    if (response.status >= 500) return { away: true };
    return { refused: sentence(await response.text()) };
  }
  async function flush() {
    let last = null, entry;
    while ((entry = waiting()[0])) {
      let came;
      try { came = await deliver(entry); } catch { came = { away: true }; }
      away = came.away || false;
      if (came.away) break;
      const { key } = entry;
      const isHere = came.response && (pressedHere.has(key) || new URL(came.response.url).pathname === location.pathname);
      if (isHere) last = { response: came.response, fields: entry.fields }; // what was pressed on another page changes nothing here
      setBox(came.refused ? box().map((other) => (other.key === key ? { ...other, refused: came.refused } : other)) : box().filter((other) => other.key !== key));
    }
    return last;
  }
  function start() {
    sending ||= flush().finally(() => { sending = null; }).then(async (last) => {
      if (waiting().length && !away) return start();
      if (!away && last) await show(last); else markAll();
      return undefined;
    });
    return sending;
  }
  async function show({ response, fields }) { // the page that came back, in place of this one
    if (new URL(response.url).pathname !== location.pathname) return location.assign(response.url);
    history.replaceState(null, '', response.url);
    const html = await response.text();
    const page = new DOMParser().parseFromString(html, 'text/html');
    const focused = document.activeElement?.id || document.activeElement?.getAttribute('aria-label');
    const typed = all('main textarea, main input:not([type=hidden])').filter((one) => one.value !== one.defaultValue && !(one.name in fields)).map((one) => [one.name, one.value]);
    document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes);
    typed.forEach(([name, value]) => all(`main [name="${CSS.escape(name)}"]`).forEach((one) => { one.value = value; }));
    paint();
    wake();
    const again = focused && all('main button, main textarea').find((one) => one.id === focused || one.getAttribute('aria-label') === focused);
    again?.focus({ preventScroll: true });
    if (window.caches) caches.open(PAGES).then((kept) => kept.put(location.pathname, new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } }))).catch(() => {});
    return undefined;
  }

  function press(form, button) {
    const entry = { key: randomKey(), owner: owner(), url: form.getAttribute('action'), fields: fieldsOf(form, button), label: form.dataset.keep };
    const old = (one) => one.refused && one.url === entry.url && one.label === entry.label;
    pressedHere.add(entry.key);
    setBox([...box().filter((one) => !old(one)), entry]);
    if (!mine().some((one) => one.key === entry.key)) { // it could not be kept: as without a script
      if (button?.name) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: button.name, value: button.value }));
      return form.submit();
    }
    if (form.dataset.step) step(form); else mark(form);
    return start();
  }
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.matches('[data-keep]')) {
      event.preventDefault();
      if (form.dataset.step || !waits(form)) press(form, event.submitter);
    } else if (form.matches('[data-signs-out]')) {
      event.preventDefault();
      signOut(form);
    }
  });
  document.addEventListener('input', (event) => { // other words in a form that waits are another press
    if (event.target.form?.matches('[data-keep]:not([data-step])')) mark(event.target.form);
  });
  async function signOut(form) {
    if (waiting().length && !form.dataset.sure) {
      await start();
      if (waiting().length) {
        form.dataset.sure = 'ja';
        form.querySelector('button').textContent = 'Logga ut ändå, och kasta det som inte är skickat';
        return;
      }
    }
    try { localStorage.removeItem(BOX); sessionStorage.clear(); } catch { /* nothing was kept */ }
    if (window.caches) await caches.delete(PAGES);
    form.submit();
  }

  // --- sharing
  async function share(button) {
    const { title, text, url } = button.dataset, told = document.getElementById(button.getAttribute('aria-describedby'));
    try {
      if (navigator.share) { await navigator.share({ title, text, url }); return; }
      await navigator.clipboard.writeText(`${text} ${url}`);
      told.textContent = 'Kopierat. Klistra in det där du vill dela.';
    } catch (fault) {
      if (fault.name === 'AbortError') return;
      told.textContent = 'Håll fingret på texten för att kopiera den.';
      button.parentElement.querySelector('details').open = true;
    }
  }
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-share]');
    if (button) share(button);
  });

  // --- pages to have before they are needed
  async function store() {
    if (!window.caches || !navigator.onLine || Date.now() - Number(sessionStorage.getItem('brygga.a.sparat') || 0) < STORE_EVERY) return;
    const addresses = all('[data-store]').map((link) => link.getAttribute('href'));
    if (!addresses.length) return;
    sessionStorage.setItem('brygga.a.sparat', String(Date.now()));
    const kept = await caches.open(PAGES);
    await Promise.all([location.pathname, ...addresses].map(async (address) => {
      const response = await fetch(address);
      if (response.ok && !isOut(response)) await kept.put(address, new Response(await response.text(), { headers: { 'content-type': 'text/html; charset=utf-8' } }));
    }));
  }

  function wake() {
    all('[data-needs-script]').forEach((node) => { node.hidden = false; });
    document.querySelector('.error-summary')?.focus();
  }
  document.addEventListener('DOMContentLoaded', () => {
    wake();
    away = waiting().length > 0 && !navigator.onLine;
    paint();
    if (waiting().length) start();
    addEventListener('online', () => { if (waiting().length) start(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden && waiting().length) start(); });
    setInterval(() => { if (waiting().length) start(); }, AGAIN);
    if (navigator.serviceWorker) navigator.serviceWorker.register('/a/worker.js', { scope: '/a' }).then(() => store()).catch(() => {});
  });
})();
