"""Configs of our own, one for every tag that works: what it comes to, in short."""

# ruff: noqa: E501  a config in one line is read as one thing

IMAGE = '<Image name="i" value="$image"/>'
TEXT = '<Text name="t" value="$text"/>'
LABELS = '<Label value="Car" background="#ff0000" hotkey="c"/><Label value="Bus" alias="b" maxUsages="2" hint="big"/>'


def drawn(tag, attributes=""):
    return f'<View>{IMAGE}<{tag} name="r" toName="i"{attributes}>{LABELS}</{tag}></View>'


def tool(tag, attributes=""):
    return (
        f'<View>{IMAGE}<{tag} name="d" toName="i"{attributes}/><Labels name="r" toName="i">{LABELS}</Labels>'
        f'<TextArea name="words" toName="i" perRegion="true"/></View>'
    )


CONFIGS = {
    "View": f'<View style="display: flex" className="a">{TEXT}<View visibleWhen="choice-selected" whenTagName="c" '
    'whenChoiceValue="x"><Number name="n" toName="t" required="true"/></View>'
    '<Choices name="c" toName="t"><Choice value="x"/><Choice value="y"/></Choices></View>',
    "Header": f'<View><Header value="$title" size="2"/>{TEXT}<Header value="How many?"/><Number name="n" toName="t"/></View>',
    "Style": f'<View><Style>.big {{ font-size: 20px }}</Style>{TEXT}<Number name="n" toName="t"/></View>',
    "Collapse": f'<View>{TEXT}<Collapse open="false"><Panel value="More"><Number name="n" toName="t"/></Panel></Collapse></View>',
    "Repeater": '<View><Repeater on="$turns" indexFlag="{{idx}}" mode="pagination">'
    '<Text name="t_{{idx}}" value="$turns[{{idx}}].text"/>'
    '<Choices name="c_{{idx}}" toName="t_{{idx}}"><Choice value="x" hotkey="x"/><Choice value="y"/></Choices>'
    '<Number name="n_{{idx}}" toName="t_{{idx}}" visibleWhen="choice-selected" whenTagName="c_{{idx}}"/>'
    "</Repeater></View>",
    "Filter": f'<View>{TEXT}<Filter toName="r" placeholder="find" hotkey="f"/>'
    f'<Labels name="r" toName="t">{LABELS}</Labels></View>',
    "Markdown": f'<View><Markdown>*Look*</Markdown><Markdown name="m" value="$md"/>{TEXT}<Number name="n" toName="t"/></View>',
    "Text": '<View><Text name="hint" value="Read on"/><Text name="t" value="$text" granularity="word"/>'
    f'<Labels name="r" toName="t">{LABELS}</Labels></View>',
    "HyperText": '<View><HyperText name="h" value="$html" valueType="url"/><Rating name="n" toName="h"/></View>',
    "Paragraphs": '<View><Paragraphs name="p" value="$turns" nameKey="who" textKey="say" layout="dialogue"/>'
    f'<ParagraphLabels name="r" toName="p">{LABELS}</ParagraphLabels></View>',
    "Image": '<View><Image name="i" valueList="$images" zoom="true"/>'
    f'<RectangleLabels name="r" toName="i">{LABELS}</RectangleLabels>'
    '<Choices name="c" toName="i" perItem="true"><Choice value="x"/></Choices></View>',
    "Table": '<View><Table name="t" value="$row"/><Number name="n" toName="t"/></View>',
    "List": '<View><List name="l" value="$hits" title="Hits"/><Ranker name="order" toName="l"/></View>',
    "Audio": '<View><Audio name="a" value="$sound"/><TextArea name="n" toName="a"/></View>',
    "Video": '<View><Video name="v" value="$film"/><Rating name="n" toName="v"/></View>',
    "Choices": f'<View>{TEXT}<Choices name="c" toName="t" choice="multiple" layout="select" value="$options" '
    'requiredMessage="Say something" required="true"/></View>',
    "Choice": f'<View>{TEXT}<Choices name="c" toName="t"><Choice value="One" alias="1" hint="h" color="red" '
    'selected="true" hotkey="o"/><Choice value="Two" html="&lt;b&gt;2&lt;/b&gt;"/></Choices></View>',
    "Taxonomy": f'<View>{TEXT}<Taxonomy name="c" toName="t" leafsOnly="true" maxUsages="2">'
    '<Choice value="Animal"><Choice value="Cat"/><Choice value="Dog"/></Choice><Choice value="Plant"/></Taxonomy></View>',
    "TextArea": f'<View>{TEXT}<TextArea name="n" toName="t" maxSubmissions="3" value="begin" placeholder="write" rows="4">'
    '<Shortcut value="quite so" alias="qs" hotkey="q" background="#333333"/></TextArea></View>',
    "Rating": f'<View>{TEXT}<Rating name="n" toName="t" maxRating="7" defaultValue="2"/></View>',
    "Number": f'<View>{TEXT}<Number name="n" toName="t" min="0" max="1" step="0.1" defaultValue="0.5"/></View>',
    "DateTime": f'<View>{TEXT}<DateTime name="n" toName="t" only="date" min="2020-01-01" format="%d.%m.%Y"/></View>',
    "Pairwise": '<View><Text name="a" value="$a"/><Text name="b" value="$b"/><Pairwise name="n" toName="a,b"/></View>',
    "Ranker": '<View><List name="l" value="$hits"/><Ranker name="n" toName="l"><Bucket name="good" title="Good"/>'
    '<Bucket name="bad"/></Ranker></View>',
    "Labels": f'<View>{TEXT}<Labels name="r" toName="t" choice="multiple" allowEmpty="true" maxUsages="9">{LABELS}</Labels>'
    '<Choices name="c" toName="t" perRegion="true" whenLabelValue="Car" required="true"><Choice value="x"/></Choices></View>',
    "HyperTextLabels": '<View><HyperText name="h" value="$html"/>'
    f'<HyperTextLabels name="r" toName="h">{LABELS}</HyperTextLabels></View>',
    "RectangleLabels": drawn("RectangleLabels", ' canRotate="false" snap="pixel"'),
    "EllipseLabels": drawn("EllipseLabels"),
    "PolygonLabels": drawn("PolygonLabels", ' strokeWidth="3" pointSize="small" opacity="0.9"'),
    "KeyPointLabels": drawn("KeyPointLabels", ' smart="true" smartOnly="true"'),
    "BrushLabels": drawn("BrushLabels"),
    "BitmaskLabels": drawn("BitmaskLabels"),
    "VectorLabels": drawn("VectorLabels", ' closable="true" minPoints="2"'),
    "Rectangle": tool("Rectangle"),
    "Ellipse": tool("Ellipse"),
    "Polygon": tool("Polygon"),
    "KeyPoint": tool("KeyPoint"),
    "Brush": tool("Brush"),
    "Bitmask": tool("Bitmask"),
    "MagicWand": tool("MagicWand"),
    "Vector": tool("Vector"),
    "Relations": f'<View>{TEXT}<Labels name="r" toName="t">{LABELS}</Labels><Relations><Relation value="of"/></Relations></View>',
}
CONFIGS |= {
    "Panel": CONFIGS["Collapse"],
    "ParagraphLabels": CONFIGS["Paragraphs"],
    "Shortcut": CONFIGS["TextArea"],
    "Bucket": CONFIGS["Ranker"],
    "Label": CONFIGS["Labels"],
    "Relation": CONFIGS["Relations"],
}
