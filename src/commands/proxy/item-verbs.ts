import { addItem, removeItem, setItem } from '../../changes/proxy-items.ts';
import { listItems } from '../../queries/proxy.ts';
import { list } from '../outcome.ts';
import type { ArgumentSpec, Call, CommandSpec, RawInput, ReadSpec, WriteSpec } from '../spec.ts';
import { domainArgument } from './arguments.ts';
import { itemCommands } from './items.ts';
import type { ItemCommands } from './items.ts';

const makers = { add: addVerb, list: listVerb, set: setVerb, remove: removeVerb };

/** A verb of one list of a proxy configuration: `netgoat proxy <group> add|list|set|remove DOMAIN ...`. */
export function itemVerb(group: keyof typeof itemCommands, verb: keyof typeof makers): CommandSpec {
  return makers[verb](group, itemCommands[group]);
}

function addVerb(group: string, items: ItemCommands): WriteSpec {
  return {
    name: 'add',
    summary: `add ${items.kind.article} ${items.kind.called}`,
    effect: 'write',
    args: argumentsOf(items),
    options: [...items.options, ...(items.onlyAdd ?? [])],
    examples: [example(group, 'add', items.examples.add)],
    plan: async (call, input) =>
      addItem(call.store, call.access, items.kind, domainOf(input), await fieldsOf(call, input, items)),
  };
}

function setVerb(group: string, items: ItemCommands): WriteSpec {
  return {
    name: 'set',
    summary: `change the fields given of ${items.kind.article} ${items.kind.called}`,
    effect: 'write',
    args: argumentsOf(items),
    options: [...items.options.map(({ required: _required, ...option }) => option), ...(items.onlySet ?? [])],
    examples: [example(group, 'set', items.examples.set)],
    plan: async (call, input) =>
      setItem(call.store, call.access, items.kind, domainOf(input), await fieldsOf(call, input, items)),
  };
}

function removeVerb(group: string, items: ItemCommands): WriteSpec {
  return {
    name: 'remove',
    summary: `remove ${items.kind.article} ${items.kind.called}`,
    effect: 'remove',
    aliases: ['rm'],
    args: argumentsOf(items),
    examples: [example(group, 'remove', `${items.examples.remove} --yes`)],
    plan: ({ store, access }, input) => removeItem(store, access, items.kind, domainOf(input), input),
  };
}

function listVerb(group: string, items: ItemCommands): ReadSpec {
  const called = `${items.kind.called}s`;
  return {
    name: 'list',
    summary: `list the ${called} of a domain`,
    effect: 'read',
    list: true,
    aliases: ['ls'],
    args: [domainArgument],
    examples: [`netgoat proxy ${group} list shop.example.com`],
    read: async ({ store, access }, input) => {
      const rows = await listItems(store, access, domainOf(input), items.kind.field);
      return list(
        rows as never[],
        [...items.columns],
        `No ${called}: \`netgoat proxy ${group} add\` adds one.`,
      );
    },
  };
}

function argumentsOf({ identifier }: ItemCommands): ArgumentSpec[] {
  return [domainArgument, identifier];
}

function domainOf(input: RawInput): string {
  return String(input['domain']);
}

async function fieldsOf(call: Call, input: RawInput, items: ItemCommands): Promise<RawInput> {
  return { ...input, ...(await items.fieldsOf?.(call, input)) };
}

function example(group: string, verb: string, rest: string): string {
  return `netgoat proxy ${group} ${verb} shop.example.com ${rest}`;
}
