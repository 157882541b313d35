import { bundle, type Bundle } from './bundle.ts';

/** netgoat-mongod as an executable, made of the sources as they are. */
export function netgoatMongod(): Promise<Bundle> {
  return bundle(
    'netgoat-mongod',
    `import { main } from './src/mongod.ts'; process.exitCode = await main(process.argv.slice(2));`,
  );
}
