export * from './FacetMenu';
export * from './FilterBar';
export * from './FilterChip';
