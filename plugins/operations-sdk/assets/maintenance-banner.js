/**
 * <maintenance-banner src="/public/maintenance" tenant="acme" lang="sv"
 * poll="30"></maintenance-banner>
 *
 * Tells a tenant's users of maintenance that is announced or under way. It asks `src` every `poll`
 * seconds, and in between goes by the clock (corrected by the server's), so that it appears and
 * leaves on time. Whatever the message holds is shown as text. Parts to style: bar, text, time.
 */
{
  const WORDS = {
    en: [
      'Read-only for maintenance: you can look, but not make changes',
      'Offline for maintenance',
      'Planned maintenance',
      'until',
    ],
    sv: [
      'Underhåll: det går att läsa men inte att ändra',
      'Nere för underhåll',
      'Planerat underhåll',
      'till',
    ],
    de: [
      'Wartung: Lesen geht, Ändern nicht',
      'Wegen Wartung nicht erreichbar',
      'Geplante Wartung',
      'bis',
    ],
  };
  const STYLE =
    ':host{display:block}.b{display:flex;flex-wrap:wrap;gap:.25em 1em;padding:.6em 1em;font:inherit;color:#1f1300;background:#ffd98a;border-bottom:2px solid #8a5a00}.offline{color:#fff;background:#8a1c1c;border-color:#4d0b0b}.soon{color:#0b2239;background:#cfe4fb;border-color:#1d5b99}p{margin:0}time{font-variant-numeric:tabular-nums}';

  class MaintenanceBanner extends HTMLElement {
    static observedAttributes = ['src', 'tenant', 'lang', 'poll'];
    #windows = [];
    #skew = 0;
    #timer;
    #wake;
    #shown = '';

    connectedCallback() {
      if (!this.shadowRoot) {
        const root = this.attachShadow({ mode: 'open' });
        const style = document.createElement('style');
        style.textContent = STYLE;
        const list = document.createElement('div');
        list.setAttribute('role', 'status');
        list.setAttribute('aria-live', 'polite');
        root.append(style, list);
      }
      this.#ask();
    }

    disconnectedCallback() {
      clearTimeout(this.#timer);
      clearTimeout(this.#wake);
    }

    attributeChangedCallback() {
      if (this.isConnected && this.shadowRoot) this.#ask();
    }

    get #language() {
      return (
        this.lang || document.documentElement.lang || navigator.language || 'en'
      );
    }

    async #ask() {
      clearTimeout(this.#timer);
      try {
        const url = new URL(
          this.getAttribute('src') || '/public/maintenance',
          document.baseURI,
        );
        const tenant = this.getAttribute('tenant');
        if (tenant) url.searchParams.set('tenant', tenant);
        url.searchParams.set('lang', this.#language);
        const response = await fetch(url, { credentials: 'same-origin' });
        if (response.ok) {
          const { now, windows } = await response.json();
          this.#skew = Date.parse(now) - Date.now();
          this.#windows = windows;
        }
      } catch {
        // What was announced stays announced; the next round asks again.
      }
      if (!this.isConnected) return;
      this.#show();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(
        () => this.#ask(),
        (Number(this.getAttribute('poll')) || 30) * 1000,
      );
    }

    #show() {
      clearTimeout(this.#wake);
      const now = Date.now() + this.#skew;
      const edges = this.#windows
        .flatMap(w => [Date.parse(w.startsAt), Date.parse(w.endsAt)])
        .filter(t => t > now);
      if (edges.length)
        this.#wake = setTimeout(
          () => this.#show(),
          Math.min(Math.min(...edges) - now + 20, 6e5),
        );
      const current = this.#windows.filter(w => Date.parse(w.endsAt) > now);
      const state = JSON.stringify([
        current,
        this.#language,
        current.map(w => Date.parse(w.startsAt) <= now),
      ]);
      if (state === this.#shown) return;
      this.#shown = state;
      this.shadowRoot.lastChild.replaceChildren(
        ...current.map(w => this.#bar(w, now)),
      );
      this.dispatchEvent(
        new CustomEvent('maintenance', {
          detail: current,
          bubbles: true,
          composed: true,
        }),
      );
    }

    #bar(w, now) {
      const language = this.#language;
      const words = WORDS[language.slice(0, 2).toLowerCase()] || WORDS.en;
      const active = Date.parse(w.startsAt) <= now;
      const bar = document.createElement('div');
      bar.className = `b ${active ? w.mode : 'soon'}`;
      bar.part = 'bar';
      const text = document.createElement('p');
      text.part = 'text';
      const standard = active ? words[w.mode === 'offline' ? 1 : 0] : words[2];
      const strong = document.createElement('strong');
      strong.textContent = standard;
      text.append(strong);
      if (w.message) {
        const own = document.createElement('span');
        own.lang = w.message.language;
        own.textContent = ` ${w.message.text}`;
        text.append(own);
      }
      const format = new Intl.DateTimeFormat(language, {
        dateStyle: 'medium',
        timeStyle: 'short',
      });
      const when = document.createElement('p');
      const end = document.createElement('time');
      end.dateTime = w.endsAt;
      end.part = 'time';
      if (active) {
        end.textContent = format.format(new Date(w.endsAt));
        when.append(`${words[3]} `, end);
      } else {
        end.textContent = format.formatRange(
          new Date(w.startsAt),
          new Date(w.endsAt),
        );
        when.append(end);
      }
      bar.append(text, when);
      return bar;
    }
  }

  if (!customElements.get('maintenance-banner'))
    customElements.define('maintenance-banner', MaintenanceBanner);
}
