import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { beginDraft, discardDraft, editDraft, readDraft, readRules, readSheet, type RuleDraft, type RuleEdit } from '@/shared/api/rules'
import { isProblem } from '@/shared/api/problem'
import { useMay } from '../../app/session'

const LIST = ['rules', 'list']

/** The list says whether there is one; it may have gone since. */
async function draftOrNone(client: QueryClient, scenario: string): Promise<RuleDraft | null> {
  const known = await client.fetchQuery({ queryKey: LIST, queryFn: readRules })
  if (!known.some((one) => one.scenario === scenario && one.draft_by !== null)) return null
  try {
    return await readDraft(scenario)
  } catch (error) {
    if (isProblem(error) && error.code === 'scenarios.no_draft') return null
    throw error
  }
}

/** A scenario as it is in force and, where somebody changes it, its draft; and what may be done with it. */
export function useDraft(scenario: string) {
  const client = useQueryClient()
  const may = useMay()
  const key = ['rules', scenario, 'draft']
  const rules = useQuery({ queryKey: LIST, queryFn: readRules })
  const sheet = useQuery({ queryKey: ['rules', scenario, 'sheet'], queryFn: () => readSheet(scenario) })
  const draft = useQuery({ queryKey: key, queryFn: () => draftOrNone(client, scenario) })
  const keep = (found: RuleDraft | null) => {
    client.setQueryData(key, found)
    void client.invalidateQueries({ queryKey: LIST })
    void client.invalidateQueries({ queryKey: ['rules', scenario, 'review'] })
  }
  const fresh = () => void client.invalidateQueries({ queryKey: ['rules'] })
  const begin = useMutation({ mutationFn: (version?: number) => beginDraft(scenario, version), onSuccess: keep })
  const discard = useMutation({ mutationFn: () => discardDraft(scenario), onSuccess: () => keep(null), onError: fresh })
  const edit = useMutation({
    mutationFn: (edits: RuleEdit[]) => editDraft(scenario, draft.data?.revision ?? 0, edits),
    onSuccess: keep,
    onError: (error) => {
      if (isProblem(error) && error.code === 'scenarios.draft_changed') fresh()
    },
  })
  const current = rules.data?.find((one) => one.scenario === scenario)
  return { current, sheet, draft, begin, discard, edit, fresh, mayEdit: may('rules.edit'), mayPublish: may('rules.publish') }
}

export type Drafting = ReturnType<typeof useDraft>
