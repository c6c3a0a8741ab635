"""Where the faces of a picture are: MTCNN as a cascade over a pyramid of sizes."""
