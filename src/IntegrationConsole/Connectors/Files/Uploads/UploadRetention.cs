namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>
/// Removes uploads that were begun and never finished. On every node: uploads begin on those with pages, and two that
/// look at the same moment do no harm.
/// </summary>
public sealed class UploadRetention(UploadedFiles files, ILogger<UploadRetention> logger)
{
    internal async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (await files.RemoveAbandonedAsync(cancellationToken) is > 0 and var removed)
        {
            logger.LogInformation("Removed {Count} uploads that were begun and never finished", removed);
        }
    }
}
