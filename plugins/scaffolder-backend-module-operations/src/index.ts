/**
 * Actions of software templates: run a job of Operations, begin maintenance.
 *
 * @packageDocumentation
 */
export { scaffolderModuleOperations as default } from './module';
