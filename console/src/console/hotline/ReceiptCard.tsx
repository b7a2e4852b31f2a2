import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Receipt } from '@/shared/api/types'
import { useMay } from '../app/session'
import { spoken } from './spoken'

/** The number, as the operator reads it aloud, and what was promised. */
export function ReceiptCard({ receipt, again }: { receipt: Receipt; again: () => void }) {
  const { t, i18n } = useTranslation('console')
  const may = useMay()
  return (
    <div className="card receipt" role="status" data-testid="receipt">
      <span className="chip chip-done">{t(`shared:state.${receipt.state}`)}</span>
      <p className="receipt-number" data-testid="receipt-number">
        {receipt.number}
      </p>
      <p>
        {t('hotline.readAloud')} <b lang="zh-CN">{spoken(receipt.number, i18n.language)}</b>
      </p>
      <p>{receipt.place}</p>
      <p className="receipt-promise">{receipt.promise}</p>
      <p className="meta">
        {t('hotline.tracking')} <a href={`/m/track/${receipt.tracking}`}>{`${location.origin}/m/track/${receipt.tracking}`}</a>
      </p>
      {receipt.duplicate && <p className="meta">{t('hotline.sentBefore')}</p>}
      <div className="actions">
        <Button type="primary" autoFocus onClick={again} data-testid="call-next">
          {t('hotline.next')} <kbd>Ctrl Enter</kbd>
        </Button>
        {may('incident.read') && (
          <Link to="/incidents/$id" params={{ id: receipt.incident }}>
            {t('peek.open')}
          </Link>
        )}
      </div>
    </div>
  )
}
