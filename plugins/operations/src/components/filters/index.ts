export * from './FacetMenu';
export * from './FilterBar';
