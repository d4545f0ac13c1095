import { NotFoundError } from '@backstage/errors';
import type {
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { refusal, sentence } from '../lib/sentences';

/** The targets by name, and a session with each for looking, kept open. */
export class CacheTargets {
  private readonly sessions = new Map<string, CacheSession>();

  constructor(private readonly targets: Map<string, CacheTarget>) {}

  get all(): CacheTarget[] {
    return [...this.targets.values()];
  }

  find(name: string): CacheTarget | undefined {
    return this.targets.get(name);
  }

  /** @throws NotFoundError */
  get(name: string): CacheTarget {
    const target = this.find(name);
    if (!target)
      throw refusal(NotFoundError, sentence('cache-missing', { cache: name }));
    return target;
  }

  session(target: CacheTarget): CacheSession {
    let session = this.sessions.get(target.name);
    if (!session) {
      session = target.open();
      this.sessions.set(target.name, session);
    }
    return session;
  }

  close(): void {
    for (const session of this.sessions.values()) session.close();
    this.sessions.clear();
  }
}
