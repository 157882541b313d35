/** Whether who reads takes more than ASCII, by the locale that POSIX programs go by. */
export function readsUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /utf-?8/i.test(locale ?? '') || env['WT_SESSION'] !== undefined;
}
