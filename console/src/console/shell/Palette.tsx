import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { listIncidents } from '@/shared/api/incidents'
import { findPlaces } from '@/shared/api/territory'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { useDebounced } from '@/shared/useDebounced'
import { useCommands, type Entry } from './useCommands'

/** Pages, commands, incidents and places by Chinese, pinyin or initials; Esc returns to where one was. */
export function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation('console')
  const [text, setText] = useState('')
  const [index, setIndex] = useState(0)
  const { entries, failed } = useEntries(text)
  const back = useRef(document.activeElement)
  useEffect(() => {
    const target = back.current
    return () => (target instanceof HTMLElement ? target.focus() : undefined)
  }, [])
  const run = (entry: Entry | undefined) => {
    if (!entry) return
    close()
    entry.run()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setIndex((current) => Math.max(0, Math.min(entries.length - 1, current + step)))
    } else if (event.key === 'Enter') run(entries[index])
    else if (event.key === 'Escape') close()
    event.stopPropagation()
  }
  return (
    <div className="palette" role="dialog" aria-modal="true" aria-label={t('palette.label')} onMouseDown={(event) => event.target === event.currentTarget && close()}>
      <div className="palette-card">
        <input
          autoFocus
          value={text}
          placeholder={t('palette.hint')}
          aria-label={t('palette.label')}
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={entries[index] ? `palette-${index}` : undefined}
          onChange={(event) => {
            setText(event.target.value)
            setIndex(0)
          }}
          onKeyDown={onKey}
          data-testid="palette-input"
        />
        <ul id="palette-list" role="listbox" aria-label={t('palette.results')}>
          {entries.map((entry, position) => (
            <li
              key={entry.key}
              id={`palette-${position}`}
              role="option"
              aria-selected={position === index}
              onMouseEnter={() => setIndex(position)}
              onClick={() => run(entry)}
            >
              <span className="palette-kind">{entry.kind}</span>
              <span className="palette-name">{entry.name}</span>
              <span className="meta">{entry.detail}</span>
            </li>
          ))}
          {failed ? <li className="palette-none"><ErrorNote error={failed} /></li> : entries.length === 0 && <li className="meta palette-none">{t('palette.none')}</li>}
        </ul>
      </div>
    </div>
  )
}

function useEntries(text: string): { entries: Entry[]; failed: Error | null } {
  const { t } = useTranslation('console')
  const may = useMay()
  const { commands, openIncident, openPlace } = useCommands(text)
  const asked = useDebounced(text.trim(), 120)
  const incidents = useQuery({
    queryKey: ['palette', 'incidents', asked],
    queryFn: ({ signal }) => listIncidents({ q: asked, limit: 6, sort: 'newest' }, signal),
    enabled: asked.length > 0 && may('incident.read'),
  })
  const places = useQuery({
    queryKey: ['palette', 'places', asked],
    queryFn: ({ signal }) => findPlaces(asked, undefined, signal),
    enabled: asked.length > 1,
  })
  const found: Entry[] = (incidents.data?.items ?? []).map((row) => ({
    key: `incident-${row.id}`, kind: t('palette.incident'), name: row.title, detail: `${row.number} · ${row.place}`, run: () => openIncident(row.id),
  }))
  const located: Entry[] = (places.data ?? []).slice(0, 6).flatMap((place, index) =>
    place.region
      ? [{ key: `place-${index}`, kind: t('palette.place'), name: place.name, detail: place.detail, run: () => openPlace(place.region?.id ?? 0) }]
      : [],
  )
  return { entries: [...commands, ...found, ...located], failed: incidents.error ?? places.error }
}
