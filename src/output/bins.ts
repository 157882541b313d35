/**
 * A row of values in as many places as there are: neighbours share a place, which shows their mean, and where there is
 * more room than values each takes as much as the others. Never more than `places` long.
 */
export function inPlaces(values: readonly number[], places: number): number[] {
  if (values.length === 0) return [];
  if (values.length <= places) {
    const each = Math.floor(places / values.length);
    return values.flatMap((value) => Array<number>(each).fill(value));
  }
  return Array.from({ length: places }, (_, place) => {
    const from = Math.floor((place * values.length) / places);
    const to = Math.max(from + 1, Math.floor(((place + 1) * values.length) / places));
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });
}
