namespace IntegrationConsole.Configuration;

/// <summary>Asks a console that runs how it is: for container engines, whose image has no other program that could.</summary>
internal static class RunningConsole
{
    public static readonly Uri UsualAddress = new("http://localhost:5080/health/ready");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>The process's exit code.</returns>
    public static async Task<int> AskAsync(Uri address, TextWriter output, CancellationToken cancellationToken)
    {
        // A redirect would lead to the sign-in page, which answers whatever state the console is in.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            var body = answer.Content.Headers.ContentType?.MediaType is "application/json" ? await answer.Content.ReadAsStringAsync(cancellationToken) : "";
            await output.WriteLineAsync($"{address} answers {(int)answer.StatusCode} {body}".TrimEnd());
            return answer.IsSuccessStatusCode ? CommandLine.Done : CommandLine.Failed;
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await output.WriteLineAsync($"{address} does not answer.");
            return CommandLine.Failed;
        }
    }
}
