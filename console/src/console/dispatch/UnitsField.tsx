import { useQuery } from '@tanstack/react-query'
import { Segmented, Skeleton } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readProposal } from '@/shared/api/incidents'
import type { Candidate, IncidentDetail, OrderRole, UnitBrief, UnitChoice } from '@/shared/api/types'
import { ErrorNote } from '../app/ErrorNote'
import { UnitSelect } from '../moves/UnitSelect'
import { noUnits } from '../moves/moves'
import { CandidateRow } from './CandidateRow'
import { addUnit, choiceOf, dropUnit } from './choice'
import { ProposalWhy } from './ProposalWhy'
import './dispatch.css'

interface Props {
  incident: IncidentDetail
  /** a later work order: nothing is proposed, the lead stays */
  adding?: boolean
  value?: UnitChoice
  onChange?: (value: UnitChoice) => void
}

const ROLES: readonly OrderRole[] = ['lead', 'assist', 'assigned']

/** Who leads, who assists, to whom it is assigned down: proposed by rule, changed by the officer. */
export function UnitsField({ incident, adding = false, value, onChange }: Props) {
  const { t } = useTranslation('console')
  const id = incident.row.id
  const proposal = useQuery({ queryKey: ['proposal', id, incident.row.category], queryFn: () => readProposal(id), enabled: !adding })
  const [named, setNamed] = useState<Record<number, UnitBrief>>({})
  const [role, setRole] = useState<OrderRole>(adding ? 'assist' : 'lead')
  const proposed = proposal.data?.units
  useEffect(() => {
    if (proposed && !value) onChange?.(choiceOf(proposed))
  }, [proposed, value, onChange])
  const choice = value ?? noUnits()
  const known = new Map((proposal.data ? [...proposal.data.units, ...proposal.data.rejected] : []).map((one) => [one.unit.id, one]))
  const rows: { role: OrderRole; candidate: Candidate }[] = [
    ...(choice.lead ? [{ role: 'lead' as const, id: choice.lead }] : []),
    ...choice.assist.map((unit) => ({ role: 'assist' as const, id: unit })),
    ...choice.assign_down.map((unit) => ({ role: 'assigned' as const, id: unit })),
  ].flatMap((one) => {
    const brief = named[one.id]
    const candidate = known.get(one.id) ?? (brief && { unit: brief, role: one.role, load: -1, distance_m: null, on_duty: -1, why: '' })
    return candidate ? [{ role: one.role, candidate }] : []
  })
  const add = (unit: UnitBrief, as: OrderRole) => {
    setNamed((old) => ({ ...old, [unit.id]: unit }))
    onChange?.(addUnit(choice, unit.id, as))
  }
  const chosen = new Set(rows.map((row) => row.candidate.unit.id))
  return (
    <div className="units-field" data-testid="units">
      {!adding && proposal.isPending && <Skeleton active title={false} paragraph={{ rows: 4 }} />}
      {proposal.error && <ErrorNote error={proposal.error} retry={() => void proposal.refetch()} />}
      <ul>
        {rows.map((row) => (
          <CandidateRow key={row.candidate.unit.id} role={row.role} candidate={row.candidate} drop={() => onChange?.(dropUnit(choice, row.candidate.unit.id))} />
        ))}
      </ul>
      {rows.length === 0 && !proposal.isFetching && <p className="meta">{t('dispatch.none')}</p>}
      <div className="units-add">
        <Segmented
          aria-label={t('dispatch.role')}
          value={role}
          onChange={setRole}
          options={ROLES.filter((one) => !adding || one !== 'lead').map((one) => ({ value: one, label: t(`shared:role.${one}`) }))}
        />
        <UnitSelect value={null} region={incident.chain.town?.id} onChange={(_id, unit) => unit && add(unit, role)} />
      </div>
      {proposal.data && (
        <>
          <ul>
            {proposal.data.rejected.filter((one) => !chosen.has(one.unit.id)).slice(0, 1).map((one) => (
              <CandidateRow key={one.unit.id} role={one.role} candidate={one} rejected use={() => add(one.unit, one.role)} />
            ))}
          </ul>
          <ProposalWhy proposal={proposal.data} />
        </>
      )}
    </div>
  )
}
