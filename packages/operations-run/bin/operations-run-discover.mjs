#!/usr/bin/env node
// operations-run discover: proposes wrapped lines for what a machine runs by cron and systemd.
import { main } from '../discover/main.mjs';

process.exitCode = main(process.argv.slice(2));
