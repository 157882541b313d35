import { main } from '../../src/main.ts';

/* netgoat as a process that can be killed. */

process.exitCode = await main(process.argv.slice(2));
