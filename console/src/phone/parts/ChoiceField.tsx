import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findPeople, findUnits } from '@/shared/api/identity'
import { locate } from '@/shared/api/territory'
import type { Task } from '@/shared/api/types'

interface Choice {
  id: number
  name: string
}

/** A unit of the place's town and district, or a person of the order's own unit. */
export function ChoiceField({ id, kind, task, change }: { id: string; kind: 'unit' | 'person'; task: Task; change: (id: number | undefined) => void }) {
  const { t } = useTranslation('phone')
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<number>()
  const { data } = useQuery({ queryKey: ['choices', kind, task.order.id], queryFn: () => (kind === 'unit' ? unitsOf(task) : peopleOf(task)), staleTime: 300_000 })
  const shown = (data ?? []).filter((item) => item.name.includes(text.trim()))
  const pick = (item: Choice) => {
    setChosen(item.id)
    setText(item.name)
    change(item.id)
  }
  return (
    <>
      <input id={id} data-testid={id} className="input" value={text} placeholder={t(kind === 'unit' ? 'tasks.pickUnit' : 'tasks.pickPerson')} onChange={(event) => { setText(event.target.value); setChosen(undefined); change(undefined) }} />
      <ul className="options short">
        {shown.slice(0, 12).map((item) => (
          <li key={item.id}><button type="button" data-testid="choice" aria-pressed={chosen === item.id} onClick={() => pick(item)}>{item.name}</button></li>
        ))}
      </ul>
    </>
  )
}

async function unitsOf(task: Task): Promise<Choice[]> {
  const { chain } = await locate(task.incident.lon, task.incident.lat)
  const regions = [chain.village, chain.town, chain.district].filter((part) => part !== null)
  const lists = await Promise.all(regions.map((region) => findUnits({ region: region.id })))
  return lists.flat().filter((unit) => unit.id !== task.order.unit.id && unit.kind !== 'centre')
}

async function peopleOf(task: Task): Promise<Choice[]> {
  const people = await findPeople({ unit: task.order.unit.id })
  return people.map((person) => ({ id: person.id, name: person.role_name ? `${person.name} · ${person.role_name}` : person.name }))
}
