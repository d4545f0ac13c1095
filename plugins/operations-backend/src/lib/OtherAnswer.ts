/** Thrown by a handler that answers with another status and shape than its route's own: no error to who asked over HTTP. */
export class OtherAnswer extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly body: unknown,
  ) {
    super(message);
  }
}
