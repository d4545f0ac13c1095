"""Programs of `npm run bench -- python` (bench/src/python.ts): each prints one line of JSON."""
