const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'], [/Edg/, 'Edge'], [/OPR/, 'Opera'], [/Firefox|FxiOS/, 'Firefox'], [/Chrome|CriOS/, 'Chrome'], [/Safari/, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux'],
]
const first = (table: [RegExp, string][], agent: string): string | undefined => table.find(([mark]) => mark.test(agent))?.[1]

/** What a browser calls itself, in the two words that a person would use; empty when it says nothing known. */
export const agentWords = (agent: string): string => [first(BROWSERS, agent), first(SYSTEMS, agent)].filter(Boolean).join(' · ')
