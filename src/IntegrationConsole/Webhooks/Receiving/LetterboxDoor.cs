using System.Globalization;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>The letterbox's slot in the door: anybody may put something in. All judgement lives behind it.</summary>
internal static class LetterboxDoor
{
    private const int LongestId = 100;

    public static void Map(WebApplication app) =>
        app.MapPost($"{WebhookEndpoint.Root}{{publicId}}", TakeAsync).AllowAnonymous().DisableAntiforgery();

    private static async Task TakeAsync(string publicId, HttpContext context, Letterbox letterbox, TrialMark trials, ILogger<Letterbox> logger)
    {
        var answer = await AnswerAsync(publicId, context.Request, letterbox, trials, logger);
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        await context.Response.WriteAsJsonAsync(new { status = answer.Word });
    }

    private static async Task<LetterboxAnswer> AnswerAsync(string publicId, HttpRequest request, Letterbox letterbox, TrialMark trials, ILogger logger)
    {
        try
        {
            var headers = new ReceivedHeaders(request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
            var address = request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
            return publicId.Length > LongestId ? LetterboxAnswer.Unknown
                : await letterbox.TakeAsync(new Arrival(publicId, address, headers, request.Body, request.ContentLength, trials.IsOn(headers)), request.HttpContext.RequestAborted);
        }
        catch (BadHttpRequestException broken)
        {
            return broken.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => LetterboxAnswer.TooLarge,
                StatusCodes.Status408RequestTimeout => LetterboxAnswer.TooSlow,
                _ => LetterboxAnswer.Broken,
            };
        }
        catch (Exception gone) when (gone is IOException || request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // The sender went away in the middle; nothing was kept, or it will find it kept when it comes again.
            return LetterboxAnswer.Broken;
        }
        catch (Exception problem)
        {
            // The border of a request. The sender keeps what it has, and comes again.
            logger.LogError(problem, "A webhook delivery could not be taken");
            return LetterboxAnswer.Later;
        }
    }
}
