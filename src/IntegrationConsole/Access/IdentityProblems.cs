using Microsoft.AspNetCore.Identity;

namespace IntegrationConsole.Access;

internal static class IdentityProblems
{
    extension(IdentityResult result)
    {
        /// <summary>What is wrong, once: a person's name is the e-mail address, and the framework complains about each.</summary>
        public IReadOnlyList<string> Sentences =>
            [.. result.Errors.Where(error => error.Code is not (nameof(IdentityErrorDescriber.DuplicateUserName) or nameof(IdentityErrorDescriber.InvalidUserName))).Select(error => error.Description)];
    }
}
