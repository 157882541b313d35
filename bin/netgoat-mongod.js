#!/usr/bin/env node
try {
  const { default: start } = await import('../dist/boot.cjs');
  void start('mongod');
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('netgoat is not built: run npm run build');
  process.exitCode = 1;
}
