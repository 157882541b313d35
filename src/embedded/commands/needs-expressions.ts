import type { Document } from 'bson';
import { mentionsExpression } from '../aggregate/expressions.ts';
import { needsStages } from '../aggregate/pipeline.ts';
import { projectsExpressions } from '../query/projection.ts';

/** Whether a command can only be run once expressions are loaded. */
export function needsExpressions(name: string, command: Document): boolean {
  switch (name) {
    case 'aggregate':
      return needsStages(command['pipeline']);
    case 'find':
      return mentionsExpression(command['filter']) || projectsExpressions(command['projection']);
    case 'count':
    case 'distinct':
      return mentionsExpression(command['query']);
    case 'update':
      return statements(command['updates']).some(
        ({ q, u }) => mentionsExpression(q) || Array.isArray(u) || mentionsExpression(u),
      );
    case 'delete':
      return statements(command['deletes']).some(({ q }) => mentionsExpression(q));
    case 'findAndModify':
    case 'findandmodify':
      return (
        mentionsExpression(command['query']) ||
        projectsExpressions(command['fields']) ||
        Array.isArray(command['update']) ||
        mentionsExpression(command['update'])
      );
    case 'explain':
      return mentionsExpression(command);
    default:
      return false;
  }
}

function statements(value: unknown): Document[] {
  return Array.isArray(value) ? (value as Document[]) : [];
}
