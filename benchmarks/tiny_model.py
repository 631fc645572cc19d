"""A byte-level tokenizer and a small random model, both made here, and a short fine-tuning; nothing is downloaded.

Needs the extra `train`. Set up the environment before this is imported: the libraries read it once.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import SFTConfig, SFTTrainer

Rows = Any  # a datasets.Dataset of rows with `messages`

VOCABULARY = 8_192
WINDOW = 512
"""Tokens that the model sees at once."""
_BATCH = 4
_MOST_STEPS = 100_000
_SEED = 1
_PAD, _END, _USER, _ASSISTANT = SPECIAL = ("<|pad|>", "<|end|>", "<|user|>", "<|assistant|>")
# `generation` marks what the loss is taken of: the assistant's words and where they end.
_TEMPLATE = (
    "{% for message in messages %}{% if message.role == 'assistant' %}"
    "{{ '<|assistant|>' }}{% generation %}{{ message.content + '<|end|>' }}{% endgeneration %}"
    "{% else %}{{ '<|user|>' + message.content + '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Trained:
    """`losses` of each step, in its order; `before` and `after` are of the held-out rows; nats a token."""

    losses: list[float]
    before: float
    after: float
    tokens: int
    seconds: float


def hush() -> None:
    """Leaves the terminal to our own words."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    datasets.utils.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    logging.getLogger("accelerate").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(torch|transformers|trl|accelerate)\b")


def tokenizer(rows: Rows) -> PreTrainedTokenizerFast:
    """Trains byte pairs on the words of a chat dataset, and knows how its turns are written."""
    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    learned.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learned.train_from_iterator(_texts(rows), trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=learned, pad_token=_PAD, eos_token=_END)
    made.chat_template = _TEMPLATE
    return made


def fitting(rows: Rows, known: PreTrainedTokenizerFast) -> Rows:
    """Keeps the rows that the model can see whole: of a longer one it would not see the answer."""
    return rows.filter(lambda row: len(known.apply_chat_template(row["messages"])["input_ids"]) <= WINDOW)


def model(known: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Makes a model of two or three million random weights, the same ones each time."""
    torch.manual_seed(_SEED)
    shape = LlamaConfig(
        vocab_size=len(known),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=WINDOW,
        tie_word_embeddings=True,
        pad_token_id=known.pad_token_id,
        bos_token_id=None,
        eos_token_id=known.eos_token_id,
    )
    return LlamaForCausalLM(shape)


def train(
    made: LlamaForCausalLM,
    known: PreTrainedTokenizerFast,
    rows: Rows,
    held: Rows,
    tokens: int,
    seconds: float,
    home: Path,
) -> Trained:
    """Fine-tunes a model on the assistant's turns until it has seen so many tokens, or so many seconds are over."""
    watch = _Watch(tokens, seconds)
    trainer = SFTTrainer(
        model=made,
        args=_settings(home),
        train_dataset=rows,
        eval_dataset=held,
        processing_class=known,
        callbacks=[watch],
    )
    trainer.remove_callback(transformers.PrinterCallback)
    before = trainer.evaluate()["eval_loss"]
    watch.began = began = time.monotonic()
    trainer.train()
    spent = time.monotonic() - began
    seen = [entry for entry in trainer.state.log_history if "loss" in entry]
    return Trained([entry["loss"] for entry in seen], before, trainer.evaluate()["eval_loss"], watch.seen, spent)


def _settings(home: Path) -> SFTConfig:
    return SFTConfig(
        output_dir=str(home),
        max_steps=_MOST_STEPS,
        per_device_train_batch_size=_BATCH,
        per_device_eval_batch_size=_BATCH,
        learning_rate=1e-3,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=10,
        max_length=WINDOW,
        assistant_only_loss=True,
        gradient_checkpointing=False,
        bf16=False,
        use_cpu=True,
        seed=_SEED,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def _texts(rows: Rows) -> Iterator[str]:
    for messages in rows["messages"]:
        for message in messages:
            yield message["content"]


class _Watch(TrainerCallback):  # type: ignore[misc]  # it has no types
    """Ends the training when enough tokens were seen, or in time."""

    def __init__(self, tokens: int, seconds: float) -> None:
        self.tokens, self.seconds, self.began, self.seen = tokens, seconds, time.monotonic(), 0

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        self.seen = max(self.seen, int((logs or {}).get("num_tokens", 0)))
        if self.seen >= self.tokens or time.monotonic() - self.began > self.seconds:
            control.should_training_stop = True
