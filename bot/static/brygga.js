/* Brygga in the browser: our own, and only an extra. Every page works without it.
   data-live + data-topic   a section that is fetched again when the server says so, or every 15 s
   data-enhance="#a #b"     post the form by fetch, then refresh the named live sections
   data-counter             count text parts of a textarea          data-drop       drop area for a file
   data-draft               save the form every 3 s                 data-bulk       count ticked rows
   data-undo                take the bar away when its time is out  data-countdown  seconds left
   data-hotkey="1"          what a key presses                      data-keys-toggle turn the keys off and on
   data-insert="text"       put a text into the field of the form   data-check      check the words of a text as it is written
   data-reveal              show or hide a password                 data-scroll-end keep a history at its end */
(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const stored = (key, value) => { // localStorage can be forbidden; then nothing is remembered
    try { return value === undefined ? localStorage.getItem(key) : localStorage.setItem(key, value); } catch { return null; }
  };

  // --- theme: before first paint, so that a dark page never flashes white
  const root = document.documentElement;
  const useTheme = (theme) => theme && theme !== 'system' ? root.dataset.theme = theme : delete root.dataset.theme;
  const chosen = stored('brygga.tema');
  if (chosen) useTheme(chosen);

  // --- keys of one letter can be turned off (WCAG 2.1.4)
  const keysOn = () => document.body.dataset.shortcuts === 'on';
  function useKeys() {
    if (stored('brygga.tangenter') === 'av') document.body.dataset.shortcuts = 'off';
    all('[data-keys-line]').forEach((line) => { line.textContent = keysOn() ? 'Tangenterna 1–5 väljer utfall.' : 'Tangenterna 1–5 är avstängda.'; });
    all('[data-keys-toggle]').forEach((button) => { button.textContent = keysOn() ? 'Stäng av tangenterna' : 'Slå på tangenterna'; });
  }

  // --- live sections
  const POLL = 15000;
  const clock = (response) => response?.headers.get('X-Brygga-Tid') || new Date()
    .toLocaleTimeString('sv-SE', { timeZone: 'Europe/Stockholm', hour: '2-digit', minute: '2-digit' }).replace(':', '.');
  let lastHeard = null;
  const heard = (response) => { lastHeard = clock(response); say(`Uppdaterad kl. ${lastHeard}`, false); };
  const lost = () => say(`Ingen kontakt sedan kl. ${lastHeard}. Du kan läsa men inte skicka.`, true);
  const stillHere = () => say(`Uppdaterad kl. ${lastHeard}`, false);
  const say = (words, isLost) => all('[data-live-line]').forEach((line) => {
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle('lost', isLost);
    const aloud = document.querySelector('[data-live-lost]'); // only a lost link is read aloud, not every update
    if (aloud && aloud.textContent !== (isLost ? words : '')) aloud.textContent = isLost ? words : '';
  });
  const keys = (node) => new Set(all('[data-key]', node).map((row) => row.dataset.key));
  const isTyping = (section) => {
    const field = document.activeElement;
    return section.contains(field) && field.matches('input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea, select');
  };

  function swap(section, fresh) {
    const focused = section.contains(document.activeElement) ? document.activeElement : null;
    const mark = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.dataset.focus ? `[data-focus="${CSS.escape(focused.dataset.focus)}"]` : null);
    const open = new Set(all('details[open][id]', section).map((box) => box.id));
    const above = section.getBoundingClientRect().bottom < 0;
    const before = section.offsetHeight;
    section.replaceChildren(...fresh.childNodes);
    open.forEach((id) => { const box = document.getElementById(id); if (box) box.open = true; });
    if (above) scrollBy(0, section.offsetHeight - before);
    if (mark) section.querySelector(mark)?.focus({ preventScroll: true });
    wake(section);
    const seen = section.querySelector('[name=sett]'); // what is shown is what the composer answers
    if (seen) all('[data-seen]').forEach((field) => { field.value = seen.value; });
  }
  function offer(section, fresh, count) { // new rows wait behind a bar that takes no room
    let slot = section.querySelector(':scope > .live-bar-slot');
    if (!slot) { slot = document.createElement('div'); slot.className = 'live-bar-slot'; section.prepend(slot); }
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = count ? `${count} ${section.dataset.liveNew || 'nya'} – visa` : 'Sidan har ändrats – visa';
    button.onclick = () => { swap(section, fresh); section.tabIndex = -1; section.focus({ preventScroll: true }); };
    slot.setAttribute('role', 'status');
    slot.replaceChildren(button);
  }
  async function refresh(section, { force = false } = {}) {
    const response = await fetch(section.dataset.live, { headers: { 'X-Brygga-Fragment': '1' } });
    if (response.redirected) return location.reload(); // signed out
    if (!response.ok) throw new Error(String(response.status));
    heard(response);
    const html = await response.text();
    if (html === section.lastHtml) return undefined;
    section.lastHtml = html;
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    const old = keys(section);
    const added = section.dataset.liveNew ? [...keys(fresh.content)].filter((key) => !old.has(key)).length : 0;
    if (!force && (added || isTyping(section))) offer(section, fresh.content, added); else swap(section, fresh.content);
    return undefined;
  }
  const refreshAll = (sections) => Promise.all(sections.map((section) => refresh(section))).catch(lost);

  function goLive() {
    const sections = all('[data-live]');
    if (!sections.length) return;
    lastHeard = document.querySelector('[data-live-line]')?.dataset.liveLine || clock(null); // the server's clock may be moved
    const topics = [...new Set(sections.map((section) => section.dataset.topic).filter(Boolean))];
    const address = document.body.dataset.events;
    let source = null;
    if (address && topics.length && window.EventSource) {
      source = new EventSource(`${address}?${new URLSearchParams(topics.map((topic) => ['topic', topic]))}`);
      source.onopen = stillHere;
      topics.forEach((topic) => source.addEventListener(topic, () => refreshAll(sections.filter((section) => section.isConnected && section.dataset.topic === topic))));
    }
    setInterval(() => { if (!document.hidden && (!source || source.readyState !== 1)) refreshAll(sections.filter((section) => section.isConnected)); }, POLL);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) refreshAll(sections.filter((section) => section.isConnected)); });
  }

  // --- who else has the page open
  function sayWhoElse() {
    const line = document.querySelector('[data-here]');
    if (!line) return;
    let isAsking = false; // one question at a time: a server that is slow is not asked the more
    const ask = () => {
      if (document.hidden || isAsking) return;
      isAsking = true;
      fetch(line.dataset.here, { headers: { 'X-Brygga-Fragment': '1' } })
      .then((response) => (response.ok && !response.redirected ? response.text() : ''))
      .then((words) => { if (line.textContent !== words) line.textContent = words; }).catch(() => {}).finally(() => { isAsking = false; });
    };
    ask();
    setInterval(ask, POLL);
    document.addEventListener('visibilitychange', ask);
  }

  // --- forms
  async function post(form, button) {
    const body = new FormData(form);
    if (button?.name) body.append(button.name, button.value);
    const targets = form.dataset.enhance;
    try {
      const response = await fetch(button?.getAttribute('formaction') || form.action, { method: 'POST', body, redirect: targets ? 'manual' : 'follow' });
      if (!targets && response.redirected) return location.assign(response.url);
      if (response.type !== 'opaqueredirect' && !response.ok) return form.submit(); // the server explains on its own page
      all('[data-clear]', form).forEach((field) => { field.value = ''; });
      if (!form.contains(document.activeElement)) form.querySelector('[data-clear]')?.focus();
      return await Promise.all(all(targets).map((section) => refresh(section, { force: true })));
    } catch { return lost(); }
  }
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-enhance]')) return;
    event.preventDefault();
    post(form, event.submitter);
  });

  // --- text parts as the operator counts them: GSM 7-bit with its extension, else UCS-2
  const GSM = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
  const GSM_TWO = new Set('^{}\\[~]|€\f');
  function parts(text) {
    const letters = [...text];
    const odd = [...new Set(letters.filter((letter) => !GSM.has(letter) && !GSM_TWO.has(letter)))];
    const length = odd.length ? text.length : letters.reduce((sum, letter) => sum + (GSM_TWO.has(letter) ? 2 : 1), 0);
    const [one, many] = odd.length ? [70, 67] : [160, 153];
    const count = length <= one ? Math.min(length, 1) : Math.ceil(length / many);
    return { length, count, room: count > 1 ? count * many : one, odd };
  }
  const kronor = (amount) => new Intl.NumberFormat('sv-SE', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(amount);
  const many = (number) => new Intl.NumberFormat('sv-SE').format(number);
  function count(area) {
    const { length, count: n, room, odd } = parts(area.value);
    const people = Number(area.dataset.people || 0);
    const words = [`${n} ${n === 1 ? 'del' : 'delar'}`, `${length} av ${room} tecken`];
    if (people === 1) words.push(`${kronor(n * Number(area.dataset.price || 0))} kr`);
    if (people > 1) words.push(`${many(n * people)} delar`, `cirka ${many(Math.round(n * people * Number(area.dataset.price || 0)))} kr`);
    if (odd.length) words.push(`Tecken som gör sms:et dyrare: ${odd.slice(0, 5).join(' ')}`);
    const line = document.getElementById(area.dataset.counter);
    if (line) line.textContent = words.join(' · ');
    all(`[data-mirror="${area.name}"]`).forEach((mirror) => { mirror.textContent = area.value; });
  }

  // --- writing to somebody: quick texts go in where the cursor stands, and the word check follows
  function insert(area, text) {
    if (!text) return;
    const before = area.value.slice(0, area.selectionStart);
    area.setRangeText(before && !/\s$/.test(before) ? ` ${text}` : text, area.selectionStart, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
  async function insertFrom(area, button) {
    const lang = button.form.querySelector('[data-quick-lang]').value;
    try {
      const response = await fetch(`${button.dataset.insertFrom}?sprak=${lang}`);
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const text = await response.text();
      insert(area, text);
      if (!text) button.form.querySelector('[data-check-result]').textContent = button.dataset.empty;
    } catch { lost(); }
  }
  function quickWrite(button) {
    const form = button.form, area = form.querySelector('textarea');
    if (button.dataset.quickChoice) {
      form.querySelector('[data-quick-lang]').value = button.dataset.quickChoice;
      all('[data-quick]', form).forEach((group) => { group.hidden = group.dataset.quick !== button.dataset.quickChoice; });
      all('[data-quick-choice]', form).forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
      return;
    }
    area.focus();
    if (button.dataset.insertFrom) insertFrom(area, button); else insert(area, button.dataset.insert);
  }
  function follow(form) {
    const area = form.querySelector('textarea'), place = form.querySelector('[data-check-result]');
    let waits = null;
    area.setSelectionRange(area.value.length, area.value.length); // one writes on after what stands there
    area.addEventListener('input', () => {
      clearTimeout(waits);
      waits = setTimeout(async () => {
        const body = new FormData();
        ['csrf', area.name].forEach((name) => body.append(name, form.elements[name].value));
        try {
          const response = await fetch(form.dataset.check, { method: 'POST', body });
          if (!response.ok || response.redirected) return;
          const html = (await response.text()).trim();
          if (place.lastHtml !== html) { place.lastHtml = html; place.innerHTML = html; }
        } catch { lost(); }
      }, 800);
    });
  }

  // --- what every fresh piece of page needs
  function wake(piece) {
    all('textarea[data-counter]', piece).forEach((area) => { area.oninput = () => count(area); count(area); });
    all('form[data-check]', piece).forEach(follow);
    all('[data-scroll-end]', piece).forEach((log) => { log.scrollTop = log.scrollHeight; });
    all('[data-needs-script]', piece).forEach((node) => { node.hidden = false; });
    all('[data-undo]', piece).forEach((bar) => setTimeout(() => { if (!bar.contains(document.activeElement)) bar.remove(); }, bar.dataset.undo * 1000));
    all('[data-countdown]', piece).forEach((node) => {
      let left = Number(node.dataset.countdown);
      const tick = setInterval(() => {
        left -= 1;
        if (!node.isConnected) return clearInterval(tick);
        if (left >= 0) { node.textContent = left; return undefined; }
        clearInterval(tick);
        const section = node.closest('[data-live]');
        return section && refresh(section, { force: true }).catch(lost);
      }, 1000);
    });
    all('[data-drop]', piece).forEach((area) => {
      const input = area.querySelector('input[type=file]');
      const over = (on) => (event) => { event.preventDefault(); area.classList.toggle('over', on); };
      area.addEventListener('dragover', over(true));
      area.addEventListener('dragleave', over(false));
      area.addEventListener('drop', (event) => {
        over(false)(event);
        if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; input.dispatchEvent(new Event('change', { bubbles: true })); }
      });
    });
    all('form[data-draft]', piece).forEach((form) => {
      let changed = false;
      ['input', 'change'].forEach((kind) => form.addEventListener(kind, () => { changed = true; }));
      if (form.dataset.check) { // the last letters are kept too when one goes to another talk, but not what is sent
        form.addEventListener('submit', () => { changed = false; });
        addEventListener('pagehide', () => { if (changed) navigator.sendBeacon(form.dataset.draft, new FormData(form)); });
      }
      setInterval(() => {
        if (!changed || !form.isConnected) return;
        changed = false;
        const line = form.querySelector('[data-draft-line]');
        fetch(form.dataset.draft, { method: 'POST', body: new FormData(form) })
          .then((response) => { refreshAll(all('[data-live]', form)); if (line) line.textContent = response.ok ? `Utkastet sparat kl. ${clock(response)}` : 'Utkastet kunde inte sparas. Texten finns kvar här på sidan.'; })
          .catch(() => { changed = true; lost(); });
      }, 3000);
    });
    all('form[data-bulk]', piece).forEach((form) => {
      const tell = () => { form.querySelector('[data-bulk-line]').textContent = `${all('tbody input[type=checkbox]:checked', form).length} valda av ${form.dataset.bulk}`; };
      form.addEventListener('change', (event) => {
        if (event.target.matches('[data-bulk-all]')) all('tbody input[type=checkbox]', form).forEach((box) => { box.checked = event.target.checked; });
        tell();
      });
      tell();
    });
  }

  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-autosubmit]')) event.target.form.requestSubmit();
  });
  document.addEventListener('click', (event) => {
    const themeButton = event.target.closest('[data-theme-choice]');
    if (themeButton) { stored('brygga.tema', themeButton.dataset.themeChoice); useTheme(themeButton.dataset.themeChoice); markTheme(); }
    const reveal = event.target.closest('[data-reveal]');
    if (reveal) {
      const field = document.getElementById(reveal.dataset.reveal);
      const hide = field.type === 'text';
      field.type = hide ? 'password' : 'text';
      reveal.textContent = hide ? 'Visa' : 'Dölj';
    }
    const quick = event.target.closest('[data-insert], [data-insert-from], [data-quick-choice]');
    if (quick) { event.preventDefault(); quickWrite(quick); }
    if (event.target.closest('[data-print]')) window.print();
    if (event.target.closest('[data-keys-toggle]')) {
      stored('brygga.tangenter', keysOn() ? 'av' : 'pa');
      document.body.dataset.shortcuts = 'on';
      useKeys();
    }
    all('details.menu[open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener('toggle', (event) => { // a menu that would stick out to the right opens to the left
    const menu = event.target;
    if (!menu.matches?.('details.menu[open]')) return;
    const body = menu.querySelector('.menu-body');
    if (body && body.getBoundingClientRect().right > innerWidth) menu.classList.add('right');
  }, true);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      const menu = event.target.closest?.('details[open].menu');
      if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
    }
    const writing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key === '/' && !writing && !event.ctrlKey && !event.metaKey && !event.altKey && document.body.dataset.shortcuts === 'on') {
      const search = document.querySelector('[data-search]');
      if (search) { event.preventDefault(); search.focus(); }
    }
    const inText = event.altKey && !event.ctrlKey && event.target.matches?.('form[data-check] textarea') && /^Digit[1-9]$/.test(event.code) ? event.code.slice(5) : null;
    const pressed = inText || (writing || event.ctrlKey || event.metaKey || event.altKey || !keysOn() ? null : event.key);
    const choice = pressed && document.querySelector(`[data-hotkey="${CSS.escape(pressed)}"]:not([hidden] *)`);
    if (choice) {
      event.preventDefault();
      choice.click();
      if (choice.matches('summary')) (choice.parentElement.open ? choice.parentElement.querySelector('summary ~ * summary, summary ~ * button') : choice).focus();
    }
    if (event.key === 'Enter' && event.ctrlKey && event.target.matches?.('textarea')) event.target.form?.requestSubmit();
  });
  const markTheme = () => all('[data-theme-choice]').forEach((button) => button.setAttribute('aria-pressed', String((stored('brygga.tema') || root.dataset.theme || 'system') === button.dataset.themeChoice)));

  // --- being away: use keeps one signed in, a page left open does not; a word is said two minutes before
  function watchUse() {
    const limit = (Number(document.body.dataset.idle) - 60) * 1000; // the server counts by the minute
    const bar = document.getElementById('vila');
    if (limit <= 0 || !bar) return;
    let mine = Date.now();
    const heardUs = () => Math.max(mine, Number(stored('brygga.anvand')) || 0); // what is done in one tab counts for all
    const note = () => { mine = Date.now(); stored('brygga.anvand', String(mine)); bar.hidden = true; };
    const use = () => {
      if (Date.now() - heardUs() < 60000) return;
      note();
      fetch('/vaken').catch(() => {});
    };
    note();
    ['keydown', 'pointerdown', 'input'].forEach((kind) => document.addEventListener(kind, use));
    bar.querySelector('[data-stay]').onclick = use;
    setInterval(() => {
      const left = limit - (Date.now() - heardUs());
      bar.hidden = left > 60000;
      if (left <= 0) location.assign(`/logga-in?vila=1&till=${encodeURIComponent(location.pathname)}`);
    }, 5000);
  }

  // --- what is typed and not sent is kept for whoever typed it, until it is sent
  function keepTexts() {
    const kept = 'form[method=post]:not([data-draft]):not([data-enhance]) textarea';
    const key = (area) => `${area.form.getAttribute('action')} ${area.name}`;
    const save = (area, text) => {
      const csrf = area.form.querySelector('[name=csrf]');
      if (csrf) fetch('/utkast', { method: 'POST', keepalive: true, body: new URLSearchParams({ csrf: csrf.value, nyckel: key(area), text }) }).catch(() => {});
    };
    const changed = new Set();
    document.addEventListener('input', (event) => { if (document.body.dataset.idle && event.target.matches(kept)) changed.add(event.target); });
    document.addEventListener('submit', (event) => all('textarea', event.target).forEach((area) => {
      if (!area.matches(kept)) return;
      changed.delete(area);
      save(area, '');
    }));
    setInterval(() => { changed.forEach((area) => save(area, area.value)); changed.clear(); }, 3000);
    const areas = all(kept).filter((area) => !area.value);
    if (!document.body.dataset.idle || !areas.length) return;
    fetch('/utkast', { headers: { 'X-Brygga-Fragment': '1' } }).then((response) => (response.ok && !response.redirected ? response.json() : {})).then((texts) => areas.forEach((area) => {
      if (!texts[key(area)] || area.value) return;
      area.value = texts[key(area)];
      if (area.oninput) area.oninput();
    })).catch(() => {});
  }

  document.addEventListener('DOMContentLoaded', () => {
    sayWhoElse();
    watchUse();
    keepTexts();
    wake(document);
    markTheme();
    useKeys();
    goLive();
    document.querySelector('.error-summary')?.focus();
  });
})();
