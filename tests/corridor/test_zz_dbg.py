def test_x(town):
    from werkzeug.exceptions import HTTPException
    import traceback
    with town.app.test_request_context("/api/v1/cases", method="PUT"):
        from flask import request
        print(repr(request.routing_exception), getattr(request.routing_exception,'valid_methods',None), request.routing_exception.get_headers())
        print(town.app.error_handler_spec.get(None))
