/** Whether every character is a printable ASCII one, hence one column wide. */
export function isPrintableAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
