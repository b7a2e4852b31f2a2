"""attachments: photos, clips, evidence with hash, time and position.

Noun: the attachment: one uploaded photo or clip, cleaned of hidden metadata, stored by its content.
Tables: attachments_blob (what is stored), attachments_item (who uploaded it, what it belongs to, who may read it).
News published: none.
"""
