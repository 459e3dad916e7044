/* Passkeys: asks Brygga for a question, lets the device sign it, and posts the answer as the form it stands in.
   data-passkey="get|create"  sign in, or make a new one      data-ask          where the question is asked for
   data-passkey-said          where it is told how it goes     data-passkey-none shown where the browser has no passkeys */
(() => {
  'use strict';
  const FAULTS = {
    NotAllowedError: 'Det avbröts eller tog för lång tid. Försök igen.',
    InvalidStateError: 'Den här enheten har redan en lösennyckel för ditt konto.',
    SecurityError: 'Lösennycklar fungerar inte på den här adressen.',
  };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function question(form) {
    const response = await fetch(form.dataset.ask, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (response.redirected) return location.reload(); // signed out meanwhile
    const json = (response.headers.get('content-type') || '').includes('json') ? await response.json() : {};
    if (!response.ok) throw new Error(json.fel || 'Det gick inte. Läs om sidan och försök igen.');
    return json;
  }
  const options = (asked) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user ? { user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials) } : { allowCredentials: known(asked.allowCredentials) }),
  });
  const written = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    ['attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach((part) => {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    });
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  };

  async function use(form) {
    const said = form.querySelector('[data-passkey-said]');
    const button = form.querySelector('button[type=submit]');
    said.textContent = '';
    button.disabled = true;
    try {
      const asked = await question(form);
      if (!asked) return;
      form.elements.svar.value = written(await navigator.credentials[form.dataset.passkey]({ publicKey: options(asked) }));
      form.submit();
    } catch (fault) {
      said.textContent = FAULTS[fault.name] || (fault.name === 'Error' ? fault.message : 'Det gick inte. Försök igen, eller använd en kod.');
      button.disabled = false;
      button.focus();
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    if (!window.PublicKeyCredential || !navigator.credentials) return;
    document.querySelectorAll('[data-passkey-none]').forEach((line) => { line.hidden = true; });
    document.querySelectorAll('form[data-passkey]').forEach((form) => {
      form.hidden = false;
      form.addEventListener('submit', (event) => { event.preventDefault(); use(form); });
    });
  });
  // Coming back to the page by the browser's own button: it can be pressed again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) document.querySelectorAll('form[data-passkey] button[type=submit]').forEach((button) => { button.disabled = false; });
  });
})();
