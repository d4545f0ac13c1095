export * from './JobEngine';
