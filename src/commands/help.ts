import { Help } from 'commander';

const TEXT_INDENT = 6;
/** A column of fewer is too narrow to read. */
const MIN_COLUMN = 26;
const USAGE_INDENT = 'Usage: '.length;

/**
 * How help is laid out: as commander does, but on a narrow terminal an explanation stands below what it explains, and
 * the usage is broken between words.
 */
export const HELP_LAYOUT: Partial<Help> & ThisType<Help> = {
  minWidthToWrap: 20,

  formatItem(term, termWidth, description, helper) {
    const width = this.helpWidth ?? 80;
    if (!description || width - termWidth - 4 >= MIN_COLUMN)
      return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
    const text = helper.boxWrap(description, width - TEXT_INDENT);
    return `  ${term}\n${indent(text, TEXT_INDENT)}`;
  },

  subcommandTerm(command) {
    // To commander no argument is required; the usage says which of them are.
    if (command.registeredArguments.length === 0) return Help.prototype.subcommandTerm.call(this, command);
    return `${[command.name(), ...command.aliases().slice(0, 1)].join('|')} ${command.usage()}`;
  },

  styleUsage(text) {
    return indent(this.boxWrap(text, (this.helpWidth ?? 80) - USAGE_INDENT), USAGE_INDENT).trimStart();
  },
};

function indent(text: string, columns: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(columns));
}
