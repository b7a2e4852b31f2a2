import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef, useState, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { blurAttachment, readBlurProposals } from '@/shared/api/attachments'
import type { Evidence } from '@/shared/api/types'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { touchIncident } from '../moves/useMoveDesk'

type Box = [number, number, number, number]

/** Draw boxes over faces and plates; the public sees the blurred copy, the original stays as evidence. */
export function BlurDialog({ item, incident, close }: { item: Evidence; incident: number; close: () => void }) {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const [own, setBoxes] = useState<Box[] | null>(null)
  const [drawing, setDrawing] = useState<Box | null>(null)
  const frame = useRef<HTMLDivElement>(null)
  const picture = useRef<HTMLImageElement>(null)
  const [size, setSize] = useState<[number, number] | null>(null)
  const { data: proposed } = useQuery({ queryKey: ['blur-proposals', item.id], queryFn: () => readBlurProposals(item.id), staleTime: Infinity })
  // What was proposed stands there until somebody changes it.
  const boxes = own ?? (size && proposed ? proposed.boxes.map((box): Box => [box.x / size[0], box.y / size[1], box.width / size[0], box.height / size[1]]) : [])
  const save = useMutation({
    mutationFn: () => blurAttachment(item.id, boxes.map((box) => inPixels(box, picture.current))),
    onSuccess: () => {
      touchIncident(client, incident)
      close()
    },
  })
  const place = (event: PointerEvent): [number, number] => {
    const box = frame.current?.getBoundingClientRect()
    if (!box) return [0, 0]
    const clamp = (value: number) => Math.min(1, Math.max(0, value))
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)]
  }
  const begin = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    setDrawing([...place(event), 0, 0])
  }
  const grow = (event: PointerEvent) => {
    if (!drawing) return
    const [x, y] = place(event)
    setDrawing([drawing[0], drawing[1], x - drawing[0], y - drawing[1]])
  }
  const finish = () => {
    if (!drawing) return
    const box = upright(drawing)
    if (box[2] > 0.01 && box[3] > 0.01) setBoxes([...boxes, box])
    setDrawing(null)
  }
  const shown = drawing ? [...boxes, upright(drawing)] : boxes
  return (
    <Dialog
      open
      width={760}
      title={t('blur.title')}
      onCancel={close}
      footer={[
        <Button key="undo" disabled={boxes.length === 0} onClick={() => setBoxes(boxes.slice(0, -1))}>
          {t('blur.undo')}
        </Button>,
        <Button key="save" type="primary" disabled={boxes.length === 0} loading={save.isPending} onClick={() => save.mutate()} data-testid="confirm">
          {t('blur.save', { count: boxes.length })}
        </Button>,
      ]}
    >
      <p className="meta">{t('blur.hint')}</p>
      {proposed && proposed.boxes.length > 0 && <p data-testid="blur-proposed">{t('blur.proposed', { count: proposed.boxes.length })}</p>}
      {proposed?.faces === 'cascades' && <p className="meta" data-testid="blur-rough">{t('blur.roughFaces')}</p>}
      <div ref={frame} className="blur-frame" onPointerDown={begin} onPointerMove={grow} onPointerUp={finish}>
        <img ref={picture} src={item.url} alt={t('blur.picture')} draggable={false} onLoad={({ currentTarget: shown }) => setSize([shown.naturalWidth, shown.naturalHeight])} />
        {shown.map(([x, y, w, h], index) => (
          <span key={index} style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` }} />
        ))}
        {boxes.map(([x, y], index) => (
          <button
            key={index}
            type="button"
            className="blur-remove"
            style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
            aria-label={t('blur.remove', { index: index + 1 })}
            onPointerDown={(event) => event.stopPropagation()}
            onClick={() => setBoxes(boxes.filter((_, place) => place !== index))}
          >
            ×
          </button>
        ))}
      </div>
      {save.error && <ErrorNote error={save.error} />}
    </Dialog>
  )
}

const upright = ([x, y, w, h]: Box): Box => [w < 0 ? x + w : x, h < 0 ? y + h : y, Math.abs(w), Math.abs(h)]

/** The server counts in pixels of the stored picture. */
const inPixels = ([x, y, w, h]: Box, image: HTMLImageElement | null): Box => {
  const [width, height] = [image?.naturalWidth ?? 1, image?.naturalHeight ?? 1]
  return [x * width, y * height, w * width, h * height]
}
