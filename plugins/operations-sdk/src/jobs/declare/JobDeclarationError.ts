/** A declaration is not valid; the message names job and field. @public */
export class JobDeclarationError extends Error {
  /** Path of the field, as in the declaration. */
  readonly field: string;

  constructor(job: string, field: string, problem: string) {
    const at = field && `${field}: `;
    super(`defineJob(${JSON.stringify(job)}): ${at}${problem}`);
    this.name = 'JobDeclarationError';
    this.field = field;
  }
}
