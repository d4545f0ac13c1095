/** The API as anybody reads it: HTTP and JSON. */
export class Api {
  constructor(private readonly url: string, private readonly token: string) {}

  /** @returns undefined where there is no such thing */
  async get(path: string): Promise<any> {
    for (let tried = 1; ; tried++) {
      try {
        const response = await fetch(`${this.url}/api/operations/v1${path}`, {
          headers: { authorization: `Bearer ${this.token}` },
          signal: AbortSignal.timeout(15_000),
        });
        const text = await response.text();
        if (response.ok) return JSON.parse(text);
        if (response.status === 404) return undefined;
        throw new Error(`GET ${path}: ${response.status} ${text}`);
      } catch (error) {
        if (tried === 5) throw error;
        await new Promise(resolve => setTimeout(resolve, 500));
      }
    }
  }

  /** All items of a list, page by page. */
  async list(path: string): Promise<any[]> {
    const items: any[] = [];
    let cursor: string | undefined;
    do {
      const next = new URLSearchParams({ limit: '200' });
      if (cursor) next.set('cursor', cursor);
      const page = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}${next}`,
      );
      items.push(...page.items);
      cursor = page.pageInfo.nextCursor;
    } while (cursor);
    return items;
  }
}

/** Does something with each of many, a few at a time. */
export async function each<T>(
  list: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...list];
  const next = async () => {
    for (let item = waiting.shift(); item !== undefined; ) {
      await work(item);
      item = waiting.shift();
    }
  };
  await Promise.all(Array.from({ length: 8 }, next));
}
