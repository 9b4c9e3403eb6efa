"""The evaluation's checks; each gives rows of a table: what was measured, the figure, reference or goal."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch

from training.captions import article
from training.colours import HUES, dusk
from training.compose import DUSK, Composer
from training.config import CAPTIONS, Family
from training.features import Space, describe
from training.measures import StyleJudge, background_name, has_colour, psnr, sharpness, softened, ssim
from training.models import Shipped
from training.pack import HELD_OUT, Pack
from training.plot import grid
from training.scenes import Draw, Scenes

Row = tuple[str, str, str]
CPU = torch.device("cpu")
SIZE, RENDERINGS, SEEDS = 128, 6, 4
LEAST_RISE = 0.2  # of the style score from weight 0 to 1; less says nothing
LEAST_FALL = 1 / 3  # of the distance from a palette; white lies near the palette's lightest colour
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


CHECKS = ("size", "autoencoder", "retrieval", "combinations", "refiner", "loras", "palette", "inpainting")
CHECKS += ("negative", "speed", "inversion")  # the last changes the tokenizers
FRIEND = "<pocket-friend>"


def half_masks(count: int) -> torch.Tensor:
    """Masks (count, 1, 128, 128) that hide the left, right, upper or lower half, in turn."""
    masks = torch.zeros(count, 1, SIZE, SIZE)
    half = SIZE // 2
    for number, mask in enumerate(masks[:, 0]):
        view = mask if number % 4 < 2 else mask.T
        view[:, half * (number % 2) : half * (number % 2 + 1)] = 1
    return masks


class Evaluation:
    """What all checks share: models, data, the list of captions, and how many of each are done."""

    def __init__(self, shipped: Shipped, pack: Pack, family: Family, limit: int) -> None:
        self.shipped, self.pack, self.family, self.limit = shipped, pack, family, limit or 10**6
        self.listed: dict[str, Any] = json.loads(CAPTIONS.read_text(encoding="utf-8"))
        self.kept: list[tuple[str, torch.Tensor]] = []

    def renderings(
        self, style: str, subjects: list[int], salt: int, background: bool = False, hue: str = ""
    ) -> torch.Tensor:
        """Real renderings, one a subject, of a seed that training does not use; usually on white.

        In their own colours, or turned to a named hue.
        """
        draw = Draw(style=style, several=0.0, recoloured=0.0, cropped=0.0, reduced=0.0)
        scenes = Scenes(self.pack, self.family, draw, len(subjects), salt)[10**9]
        scenes["subject"][:, 0] = torch.tensor(subjects)
        turns = [self._turn(index, hue) if hue else 0.0 for index in subjects]
        scenes["turn"] = torch.tensor(turns)[:, None].expand_as(scenes["turn"])
        upright = [not self.pack.subjects[index].mirrored for index in subjects]
        scenes["mirrored"][:, 0] &= ~torch.tensor(upright)
        scenes["angle"][torch.tensor(upright)] = 0.0
        if not background:
            scenes["background"].fill_(1.0)
        return Composer(self.pack.sprites(style, CPU)).render(scenes, SIZE) / 2 + 0.5

    def _turn(self, index: int, hue: str) -> float:
        return (HUES[hue] - self.pack.subjects[index].hue_degrees) / 360

    def retrieval(self) -> list[Row]:
        """How often the nearest subject of a generated picture is the right one, against real renderings."""
        place = {subject.label: index for index, subject in enumerate(self.pack.subjects)}
        labels = [label for label in self.listed["labels"] if label in place][: self.limit]
        everything = list(range(len(self.pack.subjects)))
        renderings = RENDERINGS if self.limit > 50 else 3
        known = torch.stack(
            [describe(self.renderings("3d", everything, 900 + k)) for k in range(renderings)], 1
        )
        space = Space(known)
        right = torch.tensor([place[label] for label in labels]).repeat(SEEDS)
        real = torch.cat(
            [self.renderings("3d", right[: len(labels)].tolist(), 950 + k) for k in range(SEEDS)]
        )
        prompts = [article(label) for label in labels] * SEEDS
        seeds = [seed for seed in range(SEEDS) for _ in labels]
        made = self.shipped.pictures(prompts, seeds)
        self.kept += list(zip(prompts[:16], made[:16], strict=True))
        reference, ranks = space.ranks(describe(real), right), space.ranks(describe(made), right)
        rows = []
        for top in (1, 5):
            ours, theirs = float((ranks < top).float().mean()), float((reference < top).float().mean())
            goal = f"renderings {theirs:.3f}, ratio {ours / max(theirs, 1e-6):.2f} (goal 0.75)"
            rows.append((f"retrieval top-{top}, {len(labels)} labels x {SEEDS} seeds", f"{ours:.3f}", goal))
        return rows

    def combinations(self) -> list[Row]:
        """Whether colour and background of held-out combinations come out right."""
        items = self.listed["combinations"][: self.limit]
        made = self.shipped.pictures([item["caption"] for item in items], list(range(len(items))))
        self.kept += [(item["caption"], picture) for item, picture in zip(items[:8], made[:8], strict=True)]
        places = [background_name(p) == item["background"] for item, p in zip(items, made, strict=True)]
        colours = [has_colour(p, item["colour"]) for item, p in zip(items, made, strict=True)]
        both = [a and b for a, b in zip(places, colours, strict=True)]

        def row(name: str, flags: list[bool]) -> Row:
            return (
                f"{name}, {len(items)} held-out combinations",
                f"{sum(flags) / len(flags):.2f}",
                "goal 0.80",
            )

        return [row("background right", places), row("colour right", colours), row("both right", both)]

    def autoencoder(self) -> list[Row]:
        """Fidelity on pictures that no training has seen, and the latents' statistics."""
        sprites = self.pack.sprites(HELD_OUT, CPU)[: self.limit].float() / 255
        pictures = sprites[:, :3] * sprites[:, 3:] + 1 - sprites[:, 3:]
        pictures = torch.nn.functional.interpolate(pictures, size=(SIZE, SIZE), mode="area")
        decoded, latents = self.shipped.through_vae(pictures)
        return [
            (f"VAE PSNR, {len(pictures)} held-out pictures", f"{psnr(decoded, pictures):.1f} dB", "goal 28"),
            ("VAE SSIM", f"{ssim(decoded, pictures):.3f}", ""),
            ("scaled latents, mean and deviation", f"{latents.mean():.2f}, {latents.std():.2f}", "0, 1"),
        ]

    def refiner(self) -> list[Row]:
        """Sharpness with and without the refiner."""
        prompts = self.listed["refined"][: self.limit]
        seeds = list(range(len(prompts)))
        plain, refined = self.shipped.pictures(prompts, seeds), self.shipped.refined(prompts, seeds)
        sharper = sharpness(refined) > sharpness(plain)
        same = torch.nn.functional.cosine_similarity(describe(plain), describe(refined)).mean()
        means = f"{sharpness(plain).mean():.2f} → {sharpness(refined).mean():.2f}"
        return [
            ("sharpness (variance of the Laplacian x 1000), base → refined", means, "up"),
            ("share of pictures that the refiner sharpens", f"{sharper.float().mean():.2f}", ""),
            ("likeness of features before and after (cosine)", f"{same:.3f}", "near 1"),
        ]

    def loras(self) -> list[Row]:
        """The style classifier's score over the LoRA's weight."""
        prompts = self.listed["refined"][: min(self.limit, 12)]
        rows = []
        for name in ("flat", "high-contrast"):
            present = self.pack.present(name)[::4]
            plain, styled = (self.renderings(style, present, 970, background=True) for style in ("3d", name))
            judge = StyleJudge(plain, styled)
            self.shipped.base.load_lora_weights(
                self.shipped.folder / "loras", weight_name=f"{name}.safetensors"
            )
            scores = []
            trigger = self.family.triggers[name]
            for weight in WEIGHTS:
                self.shipped.base.set_adapters(["default_0"], [weight])
                made = self.shipped.pictures(
                    [f"{prompt}, {trigger}" for prompt in prompts], list(range(len(prompts)))
                )
                scores.append(judge.score(made))
            self.shipped.base.unload_lora_weights()
            rising = all(a < b for a, b in pairwise(scores)) and scores[-1] - scores[0] > LEAST_RISE
            real = [judge.score(softened(pictures)) for pictures in (plain, styled)]
            known = f"renderings {real[0]:.2f}, {real[1]:.2f}"
            figures = " ".join(f"{score:.2f}" for score in scores)
            verdict = "rises" if rising else "does not rise"
            rows.append((f"LoRA {name}: style at 0, 0.25 … 1", figures, f"{verdict}; {known}"))
        return rows

    def palette(self) -> list[Row]:
        """How far pictures are from the dusk palette over the LoRA's weight."""
        prompts = [f"{prompt}, {self.family.triggers[DUSK]}" for prompt in self.listed["refined"]][
            : min(self.limit, 12)
        ]
        self.shipped.base.load_lora_weights(self.shipped.folder / "loras", weight_name=f"{DUSK}.safetensors")
        away = []
        for weight in WEIGHTS:
            self.shipped.base.set_adapters(["default_0"], [weight])
            made = self.shipped.pictures(prompts, list(range(len(prompts))))
            away.append(float((made - dusk(made)).abs().mean()))
        self.kept += list(zip(prompts[:8], made[:8], strict=False))
        self.shipped.base.unload_lora_weights()
        falling = all(a > b for a, b in pairwise(away)) and away[-1] < away[0] * (1 - LEAST_FALL)
        figures = " ".join(f"{value:.3f}" for value in away)
        verdict = "falls" if falling else "does not fall"
        return [("LoRA dusk: mean distance from the palette at 0, 0.25 … 1", figures, verdict)]

    def inpainting(self) -> list[Row]:
        """How well what is hidden is filled, against the base with the same mask."""
        labels = [caption.split(" ", 1)[1] for caption in self.listed["refined"]][: self.limit]
        place = {subject.label: index for index, subject in enumerate(self.pack.subjects)}
        labels = [label for label in labels if label in place]
        pictures = self.renderings("3d", [place[label] for label in labels], 980, background=True)
        torch.manual_seed(3)
        masks = half_masks(len(pictures))
        places = [background_name(picture) for picture in pictures]
        prompts = [
            f"{article(label)} on {article(name)} background"
            for label, name in zip(labels, places, strict=True)
        ]
        seeds, rows = list(range(len(labels))), []
        for own, who in ((True, "pocket-inpaint"), (False, "base with the mask alone")):
            made = self.shipped.filled(prompts, seeds, pictures, masks, own)
            inside = ((made - pictures).abs() * masks).sum() / masks.sum() / 3
            outside = ((made - pictures).abs() * (1 - masks)).sum() / (1 - masks).sum() / 3
            likeness = torch.nn.functional.cosine_similarity(describe(made), describe(pictures)).mean()
            what = f"{who}: half hidden of {len(labels)} renderings, error inside, outside"
            rows.append((what, f"{inside:.3f}, {outside:.3f}", f"likeness of features {likeness:.3f}"))
            if own:
                hidden = pictures * (1 - masks) + 0.5 * masks
                for prompt, *shown in zip(prompts[:8], pictures, hidden, made, strict=False):
                    self.kept += [(prompt, picture) for picture in shown]
        return rows

    def inversion(self) -> list[Row]:
        """Where the embedding's friend ranks among all subjects, against the word that it started from."""
        friend = self.family.friend
        place = {subject.label: index for index, subject in enumerate(self.pack.subjects)}
        everything, known = list(range(len(self.pack.subjects))), []
        for number in range(3):
            its = self.renderings("3d", [place[friend.subject]], 900 + number, hue=friend.hue)
            known.append(describe(torch.cat([self.renderings("3d", everything, 900 + number), its])))
        space = Space(torch.stack(known, 1))
        self.shipped.learn_word("pocket-friend", FRIEND)
        count = min(self.limit, 16)
        rows = []
        for prompt in (f"{FRIEND} on a white background", f"{article(friend.like)} on a white background"):
            made = self.shipped.pictures([prompt] * count, list(range(count)))
            self.kept += [(prompt, picture) for picture in made[:8]]
            ranks = space.ranks(describe(made), torch.full((count,), len(everything)))
            middle = f"{ranks.median().item() + 1} of {len(everything) + 1}"
            hue = friend.hue or self.pack.subjects[place[friend.subject]].hue
            coloured = sum(has_colour(picture, hue) for picture in made) / count if hue else math.nan
            what = f'"{prompt}": median place of the friend among all subjects, {count} seeds'
            rows.append((what, middle, f"{hue or 'no hue'}: {coloured:.2f}"))
        return rows

    def negative(self) -> list[Row]:
        """How often a background comes out with and without a negative prompt that names it."""
        items = self.listed["negative"][: self.limit]
        prompts, seeds = [item["caption"] for item in items], list(range(len(items)))
        wanted = [item["negative"].removesuffix(" background") for item in items]
        plain = self.shipped.pictures(prompts, seeds)
        against = self.shipped.pictures(prompts, seeds, negative_prompt=[item["negative"] for item in items])

        def share(pictures: torch.Tensor) -> float:
            right = [background_name(p) == name for p, name in zip(pictures, wanted, strict=True)]
            return float(sum(right)) / len(right)

        what = "background that the prompt names, without → with a negative prompt that names it"
        return [(what, f"{share(plain):.2f} → {share(against):.2f}", "down"), self._own_hue_against()]

    def _own_hue_against(self) -> Row:
        """How often things have their own hue with and without a negative prompt that names it."""
        hues = {subject.label: subject.hue for subject in self.pack.subjects if subject.hue}
        labels = [label for label in self.family.data.often or self.listed["labels"] if label in hues]
        labels = labels[: min(self.limit, 40)]
        prompts = [f"{article(label)} on a white background" for label in labels]
        shares = []
        for negatives in ([""] * len(labels), [hues[label] for label in labels]):
            made = self.shipped.pictures(prompts, list(range(len(labels))), negative_prompt=negatives)
            right = [has_colour(picture, hues[label]) for picture, label in zip(made, labels, strict=True)]
            shares.append(sum(right) / len(right))
        what = f"own hue of {len(labels)} things, without → with a negative prompt that names it"
        return (what, f"{shares[0]:.2f} → {shares[1]:.2f}", "down")

    def speed(self) -> list[Row]:
        """Seconds a picture."""
        threads = torch.get_num_threads()
        return [
            (f"seconds a picture, {steps} steps, {threads} threads", f"{self.shipped.seconds(steps):.2f}", "")
            for steps in (20, 25)
        ]

    def size(self) -> list[Row]:
        """The base's and the family's size on disk."""
        files = list(self.shipped.folder.rglob("*.safetensors"))
        base = [file for file in files if "checkpoints/pocket/" in file.as_posix()]
        all_files = [file for file in files if "single" not in file.parts and "kohya" not in file.parts]
        sizes = [sum(file.stat().st_size for file in part) / 1e6 for part in (base, all_files)]
        return [("base, family: weights on disk", f"{sizes[0]:.1f} MB, {sizes[1]:.1f} MB", "goals 45, 70")]

    def checks(self) -> dict[str, Callable[[], list[Row]]]:
        """All checks by name."""
        return {name: getattr(self, name) for name in CHECKS}

    def save_grid(self, path: Any) -> None:
        """Save the pictures that were kept along the way."""
        from PIL import Image

        if self.kept:
            pictures = [
                Image.fromarray((picture * 255).byte().permute(1, 2, 0).numpy()) for _, picture in self.kept
            ]
            grid(pictures, [label for label, _ in self.kept], 8, path)
