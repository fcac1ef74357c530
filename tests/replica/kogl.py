"""License blocks: the usual one, and ones that do not agree with themselves."""

CONDITIONS = {
    "0": "이용조건 없음",
    "1": "출처표시",
    "2": "출처표시+상업적 이용금지",
    "3": "출처표시+변경금지",
    "4": "출처표시+상업적 이용금지+변경금지",
}
_BLOCK = """\
	<div class="kogl_wrap">
		<div class="kogl">
			<div class="guide">
									<div class="type">
										<a href="https://www.kogl.or.kr/info/license.do" target="_blank" title="새창으로 열림">
											<img src="/images/v5/common/{image}.png" alt="{alt}">
										</a>
										<span>{sentence}</span>
									</div>
								<div class="info">
									<p>{rest}</p>
									<div class="btn">
										<a href="/guide/copyRight.do" target="_blank" title="새창으로 열림">저작권정책</a>
									</div>
								</div>
			</div>
		</div>
	</div>
"""  # noqa: E501
_REST = (
    "단, 텍스트를 제외한 사진·이미지·일러스트·동영상 등 자료의 대부분은 "
    "정책브리핑이 저작권을 보유하고 있지 않으므로, 이용 전 해당 저작권자의 허락을 "
    "반드시 받으셔야 합니다."
)
#: Types of image, alternative text and sentence for cards that are not just a type.
_MIXED = {
    "old form": ("1", "1", "1"),
    "body differs": ("1", "1", "1"),
    "image differs": ("1", "4", "4"),
    "sentence differs": ("1", "1", "4"),
}


def license_block(card: str) -> str:
    """Return the HTML of a license card; "" where the page has no such block."""
    if card in ("missing", "elsewhere only"):
        return ""
    image, alt, sentence = _MIXED.get(card, (card, card, card))
    condition = f"공공누리 제{sentence}유형({CONDITIONS[sentence]})의 조건"
    return _BLOCK.format(
        image=f"open_type{image.zfill(2)}"
        if card == "old form"
        else f"open_type_0{image}",
        alt=f"공공누리 공공저작물 자유이용허락 {alt}유형 {CONDITIONS[alt]}",
        sentence=f"이 자료는 <strong>텍스트에 한하여 {condition}</strong>"
        "에 따라 이용할 수 있습니다.",
        rest=_REST,
    )
