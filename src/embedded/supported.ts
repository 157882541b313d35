import { ACCUMULATOR_NAMES } from './aggregate/accumulators.ts';
import { EXPRESSION_OPERATOR_NAMES } from './aggregate/expression.ts';
import { OWN_STAGES } from './aggregate/stages.ts';
import { TRANSFORM_STAGES } from './aggregate/transform.ts';
import { COMMANDS } from './commands/execute.ts';
import { INDEX_OPTIONS } from './commands/indexes.ts';
import { FIELD_OPERATOR_NAMES } from './query/match-operators.ts';
import { TOP_OPERATOR_NAMES } from './query/match.ts';
import { UPDATE_OPERATOR_NAMES } from './update/modifiers.ts';
import { UPDATE_STAGES } from './update/update.ts';

/** By kind, read from the tables that the store works by. */
function supportedFeatures(): Readonly<Record<string, readonly string[]>> {
  return {
    Commands: Object.entries(COMMANDS)
      .filter(([name]) => name !== 'getParameter')
      .map(([name]) => name)
      .toSorted(),
    'Filters, in the place of a field': TOP_OPERATOR_NAMES,
    'Filters, on a field': FIELD_OPERATOR_NAMES,
    Updates: UPDATE_OPERATOR_NAMES,
    'Update pipelines': UPDATE_STAGES,
    Projections: ['0 and 1', '$slice', '$elemMatch', 'positional $', 'expressions'],
    'Aggregation stages': [...OWN_STAGES, ...TRANSFORM_STAGES].toSorted(),
    'Accumulators of $group': ACCUMULATOR_NAMES,
    Expressions: EXPRESSION_OPERATOR_NAMES.toSorted(),
    'Index options': INDEX_OPTIONS,
  };
}

/** What the embedded store knows, as the Markdown list of `docs/embedded.md`. */
export function supportedList(): string {
  return Object.entries(supportedFeatures())
    .map(([kind, names]) => `- **${kind}**: ${names.map((name) => `\`${name}\``).join(' ')}`)
    .join('\n');
}
