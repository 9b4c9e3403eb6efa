"""The schedulers (solvers) a sampler can use, by the names the field gives them."""

from __future__ import annotations

from enum import StrEnum


class Scheduler(StrEnum):
    """A solver of the denoising equation; each backend says which of its classes implements it."""

    EULER = "euler"
    EULER_ANCESTRAL = "euler_ancestral"
    DPMPP_2M = "dpmpp_2m"
    DPMPP_2M_SDE = "dpmpp_2m_sde"
    DPMPP_3M_SDE = "dpmpp_3m_sde"
    DPMPP_2S = "dpmpp_2s"
    UNIPC = "unipc"
    DEIS = "deis"
    HEUN = "heun"
    KDPM2 = "kdpm2"
    KDPM2_ANCESTRAL = "kdpm2_ancestral"
    LMS = "lms"
    DDIM = "ddim"
    DDPM = "ddpm"
    LCM = "lcm"
    TCD = "tcd"
    DPMPP_SDE = "dpmpp_sde"
    DPMPP_3M = "dpmpp_3m"
    SA_SOLVER = "sa_solver"
    PNDM = "pndm"
