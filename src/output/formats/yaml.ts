import { Document, isScalar, visit } from 'yaml';
import { machineRow, type Column } from '../columns.ts';
import { escapeForJson, isUnsafe } from '../sanitize.ts';

/** The list as a YAML sequence. */
export function yamlList<T>(rows: T[], columns: Column<T>[]): string {
  return toYaml(rows.map((row) => machineRow(row, columns)));
}

/** The row as a YAML mapping. */
export function yamlItem<T>(row: T, columns: Column<T>[]): string {
  return toYaml(machineRow(row, columns));
}

/**
 * YAML 1.2 that a 1.1 reader takes for the same values (`no`, `on`, `0o7` are quoted). A text with unsafe characters
 * is double quoted, the one YAML style that can escape them; several plain lines stay a block.
 */
function toYaml(value: unknown): string {
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      if (isUnsafe(node.value.replaceAll('\n', ''))) node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapeForJson(document.toString({ lineWidth: 0 }));
}
