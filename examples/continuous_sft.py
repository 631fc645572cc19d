"""Fine-tunes a model on a tracker as it goes on: waits for new examples, trains on them, saves, and waits again.

    python -m examples.continuous_sft output model
    python -m examples.continuous_sft http://127.0.0.1:8090 model --model ./base --min-new 5000 --min-quality 0.6

The first argument is an output folder, which a crawl may be writing to, or a server that answers `/pull` (its token in
LIVE_TOKEN). The second gets a folder for each round, `round-00001`: the model, its tokenizer, and `samples.json`, which
says what it has seen. It appears by one rename, so both are of one moment: whoever is killed at any time goes on from
the last one, trains again on what was lost, and on nothing twice. Without `--model` a tiny one is made from a config;
nothing is loaded from a network. On a GPU it runs as it is. The loop knows nothing of torch: `train` may be anything.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from jira_crawler.exceptions import Refused
from jira_crawler.stream import Samples

Example = dict[str, Any]
Train = Callable[[Path | None, list[Example], Path], None]
"""Takes the folder of the model so far (None: there is none), the new examples, and an empty folder for the next."""

STATE = "samples.json"
_STAGE = ".unfinished"
_KEPT = 2  # rounds


def follow(samples: Samples, home: Path, train: Train, *, min_new: int, rounds: int | None = None) -> int:
    """Trains in rounds of `min_new` examples each, for ever, or so many rounds; gives how many there are by then.

    Where samples end when nothing comes for a while (`idle`), a round may be smaller, and without any the loop ends.
    """
    home.mkdir(parents=True, exist_ok=True)
    with alone(home):
        done = latest(home)
        if done:
            samples.load_state_dict(saved(done))
        number = number_of(done)
        while rounds is None or number < rounds:
            batch = list(islice(samples, min_new))
            if not batch:
                break
            stage = home / _STAGE
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir()
            train(done, batch, stage)
            (stage / STATE).write_text(json.dumps(samples.state_dict()))
            number += 1
            done = publish(stage, home / f"round-{number:05}")
            for old in finished(home)[:-_KEPT]:
                shutil.rmtree(old)
        return number


def saved(done: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads((done / STATE).read_bytes())
    except (OSError, ValueError):
        raise Refused(f"{done / STATE} is damaged: take {done} away, to go on from the round before it.") from None
    return state


def finished(home: Path) -> list[Path]:
    """Gives the rounds that came to their end, oldest first."""
    return sorted((path for path in home.glob("round-*") if path.name[6:].isdigit()), key=number_of)


def latest(home: Path) -> Path | None:
    return next(reversed(finished(home)), None)


def number_of(done: Path | None) -> int:
    return int(done.name.partition("-")[2]) if done else 0


def publish(stage: Path, to: Path) -> Path:
    """Gives a folder its name when all that is in it is on the disk: after a crash it is there as a whole, or not."""
    for path in [*stage.rglob("*"), stage]:
        sync(path)
    stage.rename(to)
    sync(to.parent)
    return to


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keeps a second trainer out; whoever dies lets go."""
    with (home / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"Another trainer writes to {home}.") from None
        yield


# --- what trains: TRL's SFTTrainer


def sft(options: Namespace) -> Train:
    """Makes what trains one round; the libraries are loaded here."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin take long where cores are shared
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    has_gpu = torch.cuda.is_available()

    def train(done: Path | None, examples: list[Example], to: Path) -> None:
        there = done or options.model
        if there:
            model = AutoModelForCausalLM.from_pretrained(there, local_files_only=True)
            tokenizer = AutoTokenizer.from_pretrained(there, local_files_only=True)
        else:
            tokenizer = small_tokenizer(examples)
            model = small_model(tokenizer, options.length)
        trainer = SFTTrainer(
            model=model,
            args=SFTConfig(
                output_dir=str(to),
                num_train_epochs=1,  # nothing twice
                per_device_train_batch_size=options.batch,
                learning_rate=options.rate,
                lr_scheduler_type="constant",
                max_length=options.length,
                gradient_checkpointing=has_gpu,
                bf16=has_gpu,
                use_cpu=not has_gpu,
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                logging_steps=10,
            ),
            train_dataset=Dataset.from_list([shown(each, bool(tokenizer.chat_template)) for each in examples]),
            processing_class=tokenizer,
        )
        result = trainer.train()
        trainer.save_model(str(to))
        tokenizer.save_pretrained(str(to))
        print(f"{to.parent.name}: {len(examples):,} examples, loss {result.training_loss:.3f}", flush=True)

    return train


def shown(example: Example, chats: bool) -> dict[str, Any]:
    """As prompt and completion, of which only the latter is learned; a text without a question is all of it."""
    asked = "\n\n".join(filter(None, (example["instruction"], example["input"])))
    if not asked:
        return {"prompt": "", "completion": example["output"]} if not chats else _turns("Go on.", example["output"])
    return _turns(asked, example["output"]) if chats else {"prompt": f"{asked}\n\n", "completion": example["output"]}


def _turns(asked: str, answer: str) -> dict[str, Any]:
    return {"prompt": [{"role": "user", "content": asked}], "completion": [{"role": "assistant", "content": answer}]}


def small_tokenizer(examples: list[Example]) -> Any:
    """Byte pairs of the first examples: enough to try the loop."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    learned.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    how = trainers.BpeTrainer(
        vocab_size=2_048, special_tokens=["<|pad|>", "<|end|>"], initial_alphabet=alphabet, show_progress=False
    )
    learned.train_from_iterator((each["output"] for each in examples), how)
    return PreTrainedTokenizerFast(tokenizer_object=learned, pad_token="<|pad|>", eos_token="<|end|>")  # noqa: S106


def small_model(tokenizer: Any, length: int) -> Any:
    """A model of less than a million random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=length,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    return LlamaForCausalLM(shape)


def main() -> int:
    parser = ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", help="an output folder, or the URL of a server")
    parser.add_argument("home", type=Path, help="where the model of each round goes")
    parser.add_argument("--model", type=Path, help="a folder with the model to begin with (a tiny one is made)")
    parser.add_argument("--min-new", type=int, default=1_000, help="examples of a round (1000)")
    parser.add_argument("--min-quality", type=float, default=0.0, help="only of issues of at least this quality (0)")
    parser.add_argument("--tasks", default="", help="only these, with commas between them (all)")
    parser.add_argument("--rounds", type=int, help="end after so many (never)")
    parser.add_argument("--idle", type=float, help="end where nothing comes for so many seconds (never)")
    parser.add_argument("--batch", type=int, default=4, help="examples of a step (4)")
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate (0.0001)")
    parser.add_argument("--length", type=int, default=512, help="tokens that a model sees at once (512)")
    options = parser.parse_args()
    tasks = tuple(filter(None, options.tasks.split(",")))
    try:
        train = sft(options)
        chosen: dict[str, Any] = {"min_quality": options.min_quality, "tasks": tasks, "idle": options.idle}
        samples = Samples(options.source, split="train", follow=True, **chosen)
        rounds = follow(samples, options.home, train, min_new=options.min_new, rounds=options.rounds)
    except ImportError as error:
        print(f"{error.name} is not installed: pip install 'jira-crawler[train]'.", file=sys.stderr)
        return 2
    except (Refused, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.home} is of round {rounds}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
