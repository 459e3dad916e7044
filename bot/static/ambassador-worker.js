/* The ambassador's pages without network: the last look of each page of /a is kept on the phone, and shown when the
   network is away. Nothing else is kept, and all of it goes when somebody signs out or is signed out. */
'use strict';
const PAGES = 'brygga-a', PATIENCE = 4000;
const SHELL = ['/static/brygga.css', '/static/ambassador.js', '/static/icon.svg', '/static/icon-192.png', '/static/ambassador.webmanifest'];
const NOTHING = '<!doctype html><html lang="sv"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Väntar på nät – Brygga</title><link rel="stylesheet" href="/static/brygga.css"><body class="amb"><main class="amb-main stack"><h1>Väntar på nät</h1><p>Den här sidan har inte öppnats på telefonen förut. Försök igen när det finns nät.</p><a class="button amb-wide" href="/a">Mina möten</a></main></body></html>';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(PAGES).then((kept) => kept.addAll(SHELL)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

const isOurs = (url) => url.origin === location.origin && (url.pathname === '/a' || url.pathname.startsWith('/a/'));
const patience = () => new Promise((_, late) => { setTimeout(() => late(new Error('slow')), PATIENCE); });

async function keep(request, response) {
  const kept = await caches.open(PAGES);
  await kept.put(new URL(request.url).pathname, response);
}
async function forget() {
  const kept = await caches.open(PAGES);
  const all = await kept.keys();
  await Promise.all(all.filter((one) => isOurs(new URL(one.url))).map((one) => kept.delete(one)));
}
async function look(event) {
  const { request } = event;
  const answer = fetch(request).then(async (response) => {
    // Signed out, here or by somebody else: nothing of what was shown stays.
    if (response.type === 'opaqueredirect' || new URL(response.url || request.url).pathname.startsWith('/logga-in')) await forget();
    else if (response.ok && (response.headers.get('content-type') || '').startsWith('text/html')) await keep(request, response.clone());
    return response;
  });
  answer.catch(() => {});
  event.waitUntil(answer.catch(() => {}));
  const kept = await (await caches.open(PAGES)).match(new URL(request.url).pathname);
  try { return await (kept ? Promise.race([answer, patience()]) : answer); } catch {
    return kept || new Response(NOTHING, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  }
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (event.request.mode === 'navigate' && isOurs(url)) event.respondWith(look(event));
  else if (SHELL.includes(url.pathname)) event.respondWith(fetch(event.request).then((response) => { if (response.ok) event.waitUntil(keep(event.request, response.clone())); return response; }).catch(() => caches.match(url.pathname)));
});
