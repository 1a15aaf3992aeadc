"""Shapes of the HTTP API: what requests must look like and answers promise to be. Only here is pydantic used."""
