/**
 * When a schedule fires. An entry of its own: the browser, which uses the protocol too, has no use
 * for a cron parser.
 *
 * @internal
 * @packageDocumentation
 */
export * from './slots';
