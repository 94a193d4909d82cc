//! Laying text, pictures and bars out on sheets, and drawing these with a tree for screen readers.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagKind, TagTree};
use krilla::text::TextDirection;

use super::ReportError;
use super::fonts::Fonts;
use wording::Wording;

/// A4, in points.
pub(super) const WIDTH: f32 = 595.3;
pub(super) const HEIGHT: f32 = 841.9;
pub(super) const MARGIN: f32 = 48.0;
const PICTURE: f32 = 180.0;
pub(super) const INK: [u8; 3] = [27, 36, 34];
pub(super) const SOFT: [u8; 3] = [85, 97, 93];
const BAR: [u8; 3] = [11, 102, 92];

/// Something on a sheet, which is counted from zero; places and sizes are in points from its upper left corner.
pub(super) enum Mark {
    Line {
        place: Point,
        text: String,
        size: f32,
        bold: bool,
        colour: [u8; 3],
    },
    Picture {
        place: Point,
        picture: Image,
        size: Size,
    },
    /// For the eye alone: what it says is said in words, too.
    Bar {
        rect: Rect,
    },
}

/// What belongs together for a screen reader; it may go over several sheets.
pub(super) struct Block {
    tag: TagKind,
    pub(super) marks: Vec<(usize, Mark)>,
}

/// Lays out sheet after sheet, from the top of each downwards.
pub(super) struct Writer<'a> {
    fonts: &'a Fonts,
    pub(super) words: &'a Wording,
    pub(super) blocks: Vec<Block>,
    /// How many have been begun.
    pub(super) sheets: usize,
    /// Where the next line on the last one goes.
    y: f32,
}

impl<'a> Writer<'a> {
    const BOTTOM: f32 = HEIGHT - MARGIN / 2.0;
    const LINE: f32 = 1.35;

    /// Before the first sheet.
    pub(super) fn new(fonts: &'a Fonts, words: &'a Wording) -> Self {
        Self { fonts, words, blocks: Vec::new(), sheets: 0, y: MARGIN }
    }

    /// Goes on on a new sheet, and returns its number.
    pub(super) fn begin_sheet(&mut self) -> usize {
        self.y = MARGIN;
        self.sheets += 1;
        self.sheets - 1
    }

    /// Goes on on a new sheet where less than this is left.
    fn make_room(&mut self, points: f32) {
        if self.y + points > Self::BOTTOM {
            self.begin_sheet();
        }
    }

    pub(super) fn gap(&mut self, points: f32) {
        self.y += points;
    }

    pub(super) fn heading(&mut self, level: u16, text: &str, size: f32) {
        self.gap(size * 0.6);
        // With the first line below it.
        self.make_room(size * Self::LINE + 10.0 * Self::LINE);
        let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        let text = self.fonts.known(text);
        let marks = self.text(&text, size, true, INK, WIDTH - 2.0 * MARGIN);
        self.blocks.push(Block { tag: Tag::Hn(level, Some(text)).into(), marks });
    }

    pub(super) fn paragraph(&mut self, text: &str, size: f32, colour: [u8; 3]) {
        let marks = self.text(text, size, false, colour, WIDTH - 2.0 * MARGIN);
        self.blocks.push(Block { tag: Tag::P.into(), marks });
    }

    fn text(&mut self, text: &str, size: f32, bold: bool, colour: [u8; 3], width: f32) -> Vec<(usize, Mark)> {
        let lines = self.fonts.lines(text, size, bold, width);
        let mut marks = Vec::new();
        for text in lines.into_iter().filter(|line| !line.is_empty()) {
            self.make_room(size * Self::LINE);
            self.y += size * Self::LINE;
            let place = Point::from_xy(MARGIN, self.y);
            marks.push((self.sheets - 1, Mark::Line { place, text, size, bold, colour }));
        }
        marks
    }

    /// Side by side, each as large as fits, with what it shows for those who can't see it.
    pub(super) fn pictures(&mut self, pictures: Vec<(Image, String)>) {
        self.make_room(PICTURE);
        let (mut x, mut tallest, sheet) = (MARGIN, 0.0_f32, self.sheets - 1);
        for (picture, description) in pictures {
            let (width, height) = picture.size();
            let scale = PICTURE / width.max(height).max(1) as f32;
            let Some(size) = Size::from_wh(width as f32 * scale, height as f32 * scale) else { continue };
            let bbox = Rect::from_xywh(x, self.y, size.width(), size.height())
                .map(|rect| krilla::tagging::BBox::new(sheet, rect));
            let tag = Tag::Figure(Some(description)).with_bbox(bbox).into();
            let place = Point::from_xy(x, self.y);
            self.blocks.push(Block { tag, marks: vec![(sheet, Mark::Picture { place, picture, size })] });
            x += size.width() + 16.0;
            tallest = tallest.max(size.height());
        }
        self.gap(tallest);
    }

    /// A name, a share as a bar, and the share in words.
    pub(super) fn bar(&mut self, name: &str, share_in_words: &str, share: f32) {
        const LABEL: f32 = 270.0;
        const BAR_WIDTH: f32 = 150.0;
        self.make_room(3.0 * 10.0 * Self::LINE);
        let (top, sheet) = (self.y, self.sheets - 1);
        let mut marks = self.text(&format!("{name}: {share_in_words}"), 10.0, false, INK, LABEL);
        let length = (BAR_WIDTH * share.clamp(0.0, 1.0)).max(0.5);
        let rect = Rect::from_xywh(MARGIN + LABEL + 20.0, top + 5.0, length, 8.0);
        marks.extend(rect.map(|rect| (sheet, Mark::Bar { rect })));
        self.blocks.push(Block { tag: Tag::P.into(), marks });
    }

    /// Draws all sheets, and returns the tree that screen readers follow.
    pub(super) fn draw(self, document: &mut Document) -> Result<TagTree, ReportError> {
        let Self { fonts, blocks, sheets, .. } = self;
        let mut groups: Vec<TagGroup> = Vec::new();
        let mut by_sheet: Vec<Vec<(usize, Mark)>> = Vec::new();
        by_sheet.resize_with(sheets, Vec::new);
        for (block, Block { tag, marks }) in blocks.into_iter().enumerate() {
            groups.push(TagGroup::new(tag));
            for (sheet, mark) in marks {
                by_sheet[sheet].push((block, mark));
            }
        }
        for marks in by_sheet {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| ReportError("page".into()))?;
            let mut sheet = document.start_page_with(size);
            let mut surface = sheet.surface();
            for (block, mark) in marks {
                if let Some(identifier) = mark.draw(fonts, &mut surface) {
                    groups[block].push(identifier);
                }
            }
            surface.finish();
            sheet.finish();
        }
        let mut tree = TagTree::new();
        groups.into_iter().for_each(|group| tree.push(group));
        Ok(tree)
    }
}

impl Mark {
    /// Draws it; for what a screen reader reads, returns how the tree refers to it.
    fn draw(self, fonts: &Fonts, surface: &mut Surface) -> Option<Identifier> {
        match self {
            Self::Line { place, text, size, bold, colour } => {
                let font = if bold { &fonts.bold } else { &fonts.regular }.clone();
                surface.set_fill(Some(fill(colour)));
                let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                surface.draw_text(place, font, size, &text, false, TextDirection::LeftToRight);
                surface.end_tagged();
                Some(identifier)
            }
            Self::Picture { place, picture, size } => {
                let identifier = surface.start_tagged(ContentTag::Other);
                surface.push_transform(&Transform::from_translate(place.x, place.y));
                surface.draw_image(picture, size);
                surface.pop();
                surface.end_tagged();
                Some(identifier)
            }
            Self::Bar { rect } => {
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                let path = path.finish()?;
                let artifact = krilla::tagging::Artifact::new(ArtifactType::Other, None);
                surface.start_tagged(ContentTag::Artifact(artifact));
                surface.set_fill(Some(fill(BAR)));
                surface.draw_path(&path);
                surface.end_tagged();
                None
            }
        }
    }
}

fn fill([red, green, blue]: [u8; 3]) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}
