"""Problems as JSON, the shape of every error."""

from pydantic import BaseModel, ConfigDict, Field


class FieldErrorOut(BaseModel):
    pointer: str = Field(description="JSON pointer (RFC 6901) of the field.")
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457; every error has this shape, and so has the `error` of a failed job."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="Where the code is explained.", examples=["/problems/not-found"])
    title: str = Field(examples=["There is no such thing here"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no job job_4c1f."])
    code: str = Field(examples=["not-found"])
    request_id: str | None = Field(None, description="Of X-Request-Id; quote it in a report.")
    errors: list[FieldErrorOut] | None = None
    revision: int | None = Field(None, description="The newest of the document, in a `revision-conflict`.")
    version: int | None = Field(None, description="The newest of the template, in a `revision-conflict`; 0: none.")
