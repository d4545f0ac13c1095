import type { Migrations, MigrationsQuery } from './schemas';

type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** The part of the client that speaks of migrations. @public */
export class MigrationsClient {
  private readonly transport: {
    get<T>(path: string, query?: object): Promise<T>;
  };

  constructor(transport: { get<T>(path: string, query?: object): Promise<T> }) {
    this.transport = transport;
  }

  getMigrations(query: Loose<MigrationsQuery> = {}): Promise<Migrations> {
    return this.transport.get('/migrations', query);
  }
}
