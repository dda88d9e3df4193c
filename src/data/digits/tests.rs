//! The digits as a whole: what is drawn, what comes of it, and how it compares with MNIST.

use super::*;
use crate::tensor::{Rng, Stream};

/// So many drawings of each class, digit by digit.
fn drawings(each: usize, seed: u64) -> Vec<Drawing> {
    let mut rng = Rng::new(seed, Stream::Drawing);
    (0..10 * each).map(|index| draw((index % 10) as u8, &mut rng)).collect()
}

fn image(drawing: &Drawing) -> Vec<f32> {
    prepare(drawing, &Preparation::default()).image
}

/// 64-bit FNV-1a of the bits.
fn hash(numbers: impl Iterator<Item = f32>) -> u64 {
    let bytes = numbers.flat_map(|number| number.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Every switch on and off, with and without a pad.
fn all_preparations() -> Vec<Preparation> {
    let on = |bits: u32, stage: u32| bits >> stage & 1 == 1;
    (0..128)
        .map(|bits| Preparation {
            smooth: on(bits, 0),
            deskew: on(bits, 1),
            thickness: on(bits, 2),
            crop: on(bits, 3),
            centre: on(bits, 4),
            antialias: on(bits, 5),
            pad: on(bits, 6).then_some(1.0),
        })
        .collect()
}

fn drawing(points: &[(f32, f32)]) -> Drawing {
    Drawing::new(None, vec![points.iter().map(|&(x, y)| Point::new(x, y)).collect()]).unwrap()
}

#[test]
fn every_digit_is_drawn_on_the_pad() {
    for (index, drawing) in drawings(200, 3).iter().enumerate() {
        assert_eq!(drawing.digit(), Some((index % 10) as u8));
        let points: Vec<&Point> = drawing.strokes().iter().flatten().collect();
        assert!((5..400).contains(&points.len()), "{}", points.len());
        assert!(
            points.iter().all(|p| (0.0..=1.0).contains(&p.x) && (0.0..=1.0).contains(&p.y)),
            "{drawing:?}"
        );
    }
}

#[test]
fn the_bits_of_a_seed_never_change() {
    let drawn = drawings(10, 7);
    let points = drawn.iter().flat_map(Drawing::strokes).flatten();
    assert_eq!(hash(points.flat_map(|p| [p.x, p.y, p.pressure.unwrap()])), 8821948503024509087);
    assert_eq!(hash(drawn.iter().flat_map(image)), 17021361362732913121);
    let deskewed = Preparation { deskew: true, ..Preparation::default() };
    assert_eq!(
        hash(drawn.iter().flat_map(|drawing| prepare(drawing, &deskewed).image)),
        10482120336176548299
    );
}

#[test]
fn a_line_of_a_file_gives_the_same_bits() {
    for drawing in drawings(100, 1) {
        let line = serde_json::to_string(&drawing).unwrap();
        assert_eq!(serde_json::from_str::<Drawing>(&line).unwrap(), drawing);
    }
}

#[test]
fn unit_and_place_of_a_drawing_do_not_matter() {
    for drawing in drawings(5, 2) {
        for (unit, place) in [(300.0, 20.0), (1e-3, 0.0), (1e6, -3e5)] {
            let moved = |p: &Point| Point { x: unit * p.x + place, y: unit * p.y + place, ..*p };
            let strokes = drawing.strokes().iter().map(|s| s.iter().map(moved).collect()).collect();
            let other = Drawing::new(None, strokes).unwrap();
            for (a, b) in image(&drawing).iter().zip(image(&other)) {
                assert!((a - b).abs() < 2e-3, "{a} {b}");
            }
        }
    }
}

#[test]
fn the_centre_of_mass_is_in_the_middle_and_the_box_is_filled() {
    for drawing in drawings(20, 4) {
        let prepared = prepare(&drawing, &Preparation::default());
        let at = |axis: usize| {
            let weigh = |(i, grey): (usize, &f32)| grey * [i % SIDE, i / SIDE][axis] as f32;
            prepared.image.iter().enumerate().map(weigh).sum::<f32>() / prepared.image.iter().sum::<f32>()
        };
        assert!((at(0) - 14.0).abs() <= 0.501 && (at(1) - 14.0).abs() <= 0.501, "{} {}", at(0), at(1));
        assert_eq!(prepared.image.iter().sum::<f32>(), prepared.cropped.iter().sum::<f32>());
        let inked = |axis: usize| {
            let mut at: Vec<usize> = (0..SIDE * SIDE)
                .filter(|&i| prepared.cropped[i] > 0.0)
                .map(|i| [i % SIDE, i / SIDE][axis])
                .collect();
            at.sort_unstable();
            at[at.len() - 1] - at[0] + 1
        };
        assert!((19..=20).contains(&inked(0).max(inked(1))), "{} {}", inked(0), inked(1));
    }
}

#[test]
fn nothing_a_dot_and_a_line_come_out_as_such() {
    let inked = |drawing: &Drawing| image(drawing).iter().sum::<f32>();
    assert_eq!(image(&Drawing::default()), [0.0; SIDE * SIDE]);
    assert_eq!(image(&Drawing::new(None, vec![vec![], vec![]]).unwrap()), [0.0; SIDE * SIDE]);
    for dot in [&[(3.0, 4.0)][..], &[(-5e8, 5e8); 40]] {
        assert!((4.0..7.0).contains(&inked(&drawing(dot))), "{}", inked(&drawing(dot)));
    }
    // Lines of any length keep the width of a stroke.
    for line in [[(0.0, 0.0), (0.0, 9.0)], [(5.0, 1.0), (900.0, 1.0)], [(0.0, 0.0), (1e-4, 0.0)]] {
        assert!((38.0..60.0).contains(&inked(&drawing(&line))), "{line:?} {}", inked(&drawing(&line)));
    }
}

#[test]
fn every_switch_takes_every_drawing() {
    let far = Drawing::MAX_COORDINATE;
    let wild: Vec<(f32, f32)> =
        (0..10_000).map(|i| ((i * 7919 % 101) as f32, (i * 104_729 % 97) as f32)).collect();
    let mut all = drawings(1, 5);
    all.extend(
        [&[][..], &[(0.3, 0.3)], &[(far, -far), (-far, far)], &[(0.0, 0.0), (f32::MIN_POSITIVE, 0.0)], &wild]
            .map(drawing),
    );
    for preparation in all_preparations() {
        let pads = [preparation.pad, Some(0.0), Some(f32::NAN), Some(1e-9), Some(far)];
        for pad in pads {
            for (index, drawing) in all.iter().enumerate() {
                let prepared = prepare(drawing, &Preparation { pad, ..preparation });
                let is_grey = |grey: &f32| (0.0..=1.0).contains(grey);
                assert!(prepared.image.len() == SIDE * SIDE && prepared.image.iter().all(is_grey));
                assert!(prepared.strokes.iter().map(Vec::len).sum::<usize>() <= Drawing::MAX_POINTS);
                let ink = prepared.image.iter().any(|&grey| grey > 0.0);
                assert!(
                    ink || index >= 10 || pad != Some(1.0) || !preparation.antialias,
                    "{index} {preparation:?}"
                );
            }
        }
    }
}

#[test]
fn each_switch_changes_what_it_names() {
    let drawing = &drawing(&[(0.4, 0.3), (0.6, 0.31), (0.5, 0.45), (0.55, 0.7)]);
    let usual = Preparation { pad: Some(1.0), ..Preparation::default() };
    let made = prepare(drawing, &usual);
    let with = |change: fn(&mut Preparation)| {
        let mut other = usual;
        change(&mut other);
        prepare(drawing, &other)
    };
    let rough = with(|p| p.smooth = false);
    assert_eq!(
        rough.strokes.iter().map(Vec::len).collect::<Vec<_>>(),
        drawing.strokes().iter().map(Vec::len).collect::<Vec<_>>()
    );
    assert!(with(|p| p.antialias = false).image.iter().all(|&grey| grey == 0.0 || grey == 1.0));
    let still = with(|p| p.centre = false);
    assert_eq!((still.shift, &still.image), ([0, 0], &still.cropped));
    assert_eq!(still.cropped, made.cropped);
    // The whole pad, so the digit is smaller; and its ink the thinner.
    let whole = with(|p| p.crop = false);
    assert!(whole.image.iter().sum::<f32>() < 0.8 * made.image.iter().sum::<f32>());
    let thin = with(|p| p.thickness = false);
    assert!(thin.image.iter().sum::<f32>() < 0.9 * made.image.iter().sum::<f32>());
}

#[test]
fn centring_never_pushes_ink_off_the_picture() {
    let mut club: Vec<(f32, f32)> = (0..200).map(|i| ((i % 7) as f32 * 0.6, (i % 11) as f32 * 1.5)).collect();
    club.extend([(0.0, 2.0), (20.0, 2.0)]); // wants 5 columns or more
    let prepared = prepare(&drawing(&club), &Preparation { smooth: false, ..Preparation::default() });
    assert_eq!(prepared.shift[0], 4);
    assert_eq!(prepared.image.iter().sum::<f32>(), prepared.cropped.iter().sum::<f32>());
}

#[test]
fn a_pad_without_a_side_counts_as_none() {
    let whole = Preparation { crop: false, thickness: false, ..Preparation::default() };
    let drawing = &drawings(1, 6)[2];
    for side in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let odd = prepare(drawing, &Preparation { pad: Some(side), ..whole });
        assert_eq!(odd, prepare(drawing, &whole));
    }
}

#[test]
fn deskewing_sets_a_slanted_stem_upright_and_leaves_a_flat_line() {
    let deskewed = |points: &[(f32, f32)]| {
        prepare(&drawing(points), &Preparation { deskew: true, ..Preparation::default() }).strokes[0].clone()
    };
    assert!(deskewed(&[(0.6, 0.0), (0.0, 1.0)]).iter().all(|point| (point.x - 0.3).abs() < 1e-4));
    let flat = deskewed(&[(0.0, 0.0), (1.0, 0.1)]);
    assert!(flat[0].x == 0.0 && (flat[flat.len() - 1].x - 1.0).abs() < 1e-6);
}

/// Means over MNIST's first 6,000 training images, and how far the generator's may be from them. The
/// width of strokes is twice the area over the perimeter, both of the pixels of at least 128; the number of
/// changes between neighbouring pixels is 4 / π times the perimeter.
#[test]
fn ink_is_like_mnists() {
    let images: Vec<Vec<f32>> = drawings(200, 8).iter().map(image).collect();
    let share = |is: fn(&f32) -> bool| {
        images.iter().flatten().filter(|grey| is(grey)).count() as f32 / (images.len() * SIDE * SIDE) as f32
    };
    let width = |image: &Vec<f32>| {
        let is_ink = |x: usize, y: usize| image[y * SIDE + x] >= 0.5;
        let inner = || (0..SIDE - 1).flat_map(|y| (0..SIDE - 1).map(move |x| (x, y)));
        let area = inner().filter(|&(x, y)| is_ink(x, y)).count() as f32;
        let across = inner().filter(|&(x, y)| is_ink(x, y) != is_ink(x + 1, y)).count();
        let down = inner().filter(|&(x, y)| is_ink(x, y) != is_ink(x, y + 1)).count();
        2.0 * area / ((across + down) as f32 * std::f32::consts::FRAC_PI_4)
    };
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let ink: Vec<f32> = images.iter().map(|image| mean(image)).collect();
    let widths: Vec<f32> = images.iter().map(width).collect();
    for (name, ours, mnist, band) in [
        ("mean grey", mean(&ink), 0.1315, 0.008),
        ("not 0", share(|&grey| grey > 0.5 / 255.0), 0.1922, 0.012),
        ("at least 128", share(|&grey| grey >= 0.5), 0.1330, 0.010),
        ("at least 250", share(|&grey| grey >= 250.0 / 255.0), 0.0741, 0.008),
        ("stroke width", mean(&widths), 2.591, 0.2),
    ] {
        println!("{name}: {ours}, MNIST {mnist}");
        assert!((ours - mnist).abs() < band, "{name}: {ours}, MNIST {mnist}");
    }
}

/// The picture of a digit, traced and drawn again, is nearly the picture it was.
#[test]
fn a_traced_scan_is_drawn_as_it_was() {
    let differences = drawings(20, 9).into_iter().map(|drawing| {
        let scan: Vec<u8> = image(&drawing).iter().map(|grey| (grey * 255.0).round() as u8).collect();
        let traced = strokes_of(scan.as_slice().try_into().unwrap());
        let (a, b) = (image(&drawing), image(&traced));
        let (common, all): (f32, f32) =
            a.iter().zip(&b).fold((0.0, 0.0), |(c, s), (a, b)| (c + a * b, s + a * a.max(*b)));
        1.0 - common / all
    });
    let mean = differences.sum::<f32>() / 200.0;
    assert!(mean < 0.25, "{mean}");
}

#[test]
fn a_line_is_traced_where_it_is() {
    let rows = |lit: [usize; 2]| {
        std::array::from_fn(
            |i| if lit.contains(&(i / SIDE)) && (5..23).contains(&(i % SIDE)) { 255 } else { 0 },
        )
    };
    let traced = strokes_of(&rows([13, 14]));
    let [line] = traced.strokes() else { panic!("{traced:?}") };
    assert!(
        line.iter().all(|point| (point.y - 14.0).abs() < 0.34 && (5.0..23.0).contains(&point.x)),
        "{line:?}"
    );
    let reach = (line[0].x - line[line.len() - 1].x).abs();
    assert!((14.0..18.0).contains(&reach), "{reach}");
}

#[test]
fn any_scan_can_be_traced() {
    assert_eq!(strokes_of(&[0; 784]), Drawing::default());
    assert!(strokes_of(&[255; 784]).strokes().len() < 10);
    let mut dot = [0; 784];
    dot[14 * 28 + 14] = 255;
    assert_eq!(strokes_of(&dot).strokes().len(), 1);
    let mut rng = Rng::new(1, Stream::Data);
    for _ in 0..20 {
        let noise = std::array::from_fn(|_| rng.below(256) as u8);
        let _ = image(&strokes_of(&noise));
    }
}

/// Writes pictures for contact sheets and classifiers: `DIGITS=/tmp/digits EACH=2000 cargo test --lib
/// data::digits -- --ignored`.
#[test]
#[ignore = "writes files for the eye"]
fn write_pictures() {
    let folder = std::env::var("DIGITS").expect("a folder to write to");
    let each = std::env::var("EACH").map_or(2000, |each| each.parse().unwrap());
    let bytes =
        |images: &[Vec<f32>]| images.iter().flatten().map(|g| (g * 255.0).round() as u8).collect::<Vec<u8>>();
    let start = std::time::Instant::now();
    let drawn = drawings(each, 1);
    let drawing_time = start.elapsed();
    let images: Vec<_> = drawn.iter().map(image).collect();
    println!("{drawing_time:?} to draw {}, {:?} with preparing", 10 * each, start.elapsed());
    std::fs::write(format!("{folder}/generated.u8"), bytes(&images)).unwrap();
    if let Ok(scans) = std::fs::read(format!("{folder}/scans.u8")) {
        let start = std::time::Instant::now();
        let traced: Vec<_> = scans.as_chunks().0.iter().map(strokes_of).collect();
        println!("{:?} to trace {}", start.elapsed(), traced.len());
        let images: Vec<_> = traced.iter().map(image).collect();
        std::fs::write(format!("{folder}/traced.u8"), bytes(&images)).unwrap();
    }
}

#[test]
fn a_point_of_the_picture_is_found_on_the_sheet() {
    for preparation in all_preparations() {
        for drawing in drawings(1, 5) {
            let prepared = prepare(&drawing, &preparation);
            let vertices = prepared.strokes.iter().flatten().zip(prepared.placed.iter().flatten());
            for (point, &[x, y, _]) in vertices {
                let [sheet_x, sheet_y] = prepared.on_sheet([x, y]).expect("a drawing with an extent");
                let extent =
                    prepared.bounds.map_or(1.0, |ink| (ink.right - ink.left).max(ink.bottom - ink.top));
                assert!((sheet_x - point.x).hypot(sheet_y - point.y) < 1e-3 * extent, "{preparation:?}");
            }
        }
    }
    let dot = prepare(&drawing(&[(4.0, 4.0)]), &Preparation::default());
    assert_eq!(dot.on_sheet([1.0, 1.0]), None);
}
